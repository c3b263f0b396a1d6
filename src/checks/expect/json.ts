import { z } from 'zod'
import { jsonPathSchema, selectJson } from '../../kernel/json-path.ts'
import type { Finding } from '../../kernel/record.ts'
import { acceptsAbsence, type Matcher, matcherSchema, mismatch } from './matcher.ts'
import { clipped, shown } from './shown.ts'

/** `"$.path": value or rules`; at least one, for none would accept everything. */
export const jsonExpectation = z
  .record(jsonPathSchema, matcherSchema)
  .refine((value) => Object.keys(value).length > 0, { error: 'expected at least one path' })
  .describe('What stands at each JSONPath')

export type JsonExpectation = z.output<typeof jsonExpectation>

/** Compares a document; a path that selects several values must hold for each, one that selects none fails unless absence is expected. */
export function judgeJson(document: unknown, expectation: JsonExpectation): Finding[] {
  return Object.entries(expectation).flatMap(([path, matcher]) => {
    const matches = selectJson(document, path)
    if (matches.length === 0) return acceptsAbsence(matcher) ? [] : [missing(path, matcher)]
    return matches.flatMap((match) => {
      const expected = mismatch(matcher, match.value)
      return expected === undefined ? [] : [{ subject: match.path, expected, actual: shown(match.value) }]
    })
  })
}

const missing = (path: string, matcher: Matcher): Finding => ({
  subject: path,
  expected: mismatch(matcher, undefined) ?? 'a value',
  actual: 'nothing',
})

/** The JSON that a text is, or a finding that says what it is instead. */
export function parseJsonBody(text: string, subject = 'body'): { value: unknown } | { finding: Finding } {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return { finding: { subject, expected: 'JSON', actual: text === '' ? 'an empty text' : clipped(text, 120) } }
  }
}

/** Values named by a check for later ones; a path that selects nothing is a finding, for a later check would read an empty text. */
export function exportJson(
  document: unknown,
  paths: Record<string, string>,
): { exports: Record<string, unknown>; findings: Finding[] } {
  const exports: Record<string, unknown> = {}
  const findings: Finding[] = []
  for (const [name, path] of Object.entries(paths)) {
    const [first] = selectJson(document, path)
    if (first) exports[name] = first.value
    else findings.push({ subject: `export ${name}`, expected: `a value at ${path}`, actual: 'nothing' })
  }
  return { exports, findings }
}
