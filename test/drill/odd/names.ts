import type { Random } from './random.ts'

const stems = [
  'plain',
  'two words',
  'Select',
  'user',
  'a.b',
  'a"b',
  "it's",
  'semi;colon',
  'new\nline',
  'tab\tbed',
  'back\\slash',
  '\\.',
  '\\N',
  '-- no comment',
  '/* open',
  '$$',
  '$tag$',
  '%s%n',
  '(paren',
  'żółć',
  '日本語',
  '🦊',
  '"',
  'COPY x FROM stdin;',
  ' leading',
  'trailing ',
  '1st',
  'gatekit',
]

/** Makes identifiers, quoted where they must be and sometimes where they need not; no two are alike. */
export function namer(random: Random): (hint: string) => string {
  let count = 0
  return (hint) => {
    count++
    if (random.chance(0.45)) return `${hint}_${count}`
    if (random.chance(0.1)) return quote(`${hint}${count}`.padEnd(63, 'x'))
    return quote(`${random.pick(stems)}${count}${random.chance(0.3) ? hint.toUpperCase() : ''}`)
  }
}

export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A text literal that is read alike whatever `standard_conforming_strings` says. */
export const literal = (text: string): string =>
  text.includes('\\') ? `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'` : `'${text.replaceAll("'", "''")}'`

/** What people write into rows and comments, and what readers of dumps stumble over. */
export const texts = [
  '',
  'x',
  ' ',
  '\\.',
  '\\N',
  '\n\\.\n',
  '\\\\.',
  "it's",
  'a\tb\rc\nd\be\ff\vg',
  '\\',
  '\\x41',
  '-- PostgreSQL database dump complete',
  '\n--\n-- PostgreSQL database dump complete\n--\n\n',
  'COPY t FROM stdin;\n1\t2\n\\.\n',
  '$$ $x$ $1$',
  '\\! touch /tmp/never',
  "'); DROP TABLE t; --",
  '/* never closed',
  'zażółć gęślą jaźń',
  '日本語 🦊 ‮rtl',
  '\u0001\u007f\u0085\u2028',
  '{"a": [1, "}"]}',
  'NULL',
  '\ufeffmark',
  'e\u0301 and é',
  'Ã©',
  '2026-01-01 00:00:00+01',
]
