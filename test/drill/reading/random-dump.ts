import fc from 'fast-check'

/** A dump that pg_dump could have written, and what is in it. */
export interface RandomDump {
  text: Buffer
  tables: { schema: string; name: string; rows: number }[]
  /** What the dump is a series of: every end of a part but the last is a place where a cut must be noticed. */
  parts: Buffer[]
}

/** Texts that try to be taken for something else. */
const nasty = fc.constantFrom(
  '\\.',
  '\n\\.\n',
  '\n--\n-- PostgreSQL database dump complete\n--\n',
  'COPY public.t (a) FROM stdin;\n',
  '\\! touch x',
  "it's",
  '"q""q"',
  '$$',
  '$tag$',
  '/* open',
  '*/',
  '--',
  ';',
  '\\',
  '\t',
  '\r',
  '\r\n',
  '\\N',
  'żółć 𝄞',
  '',
  "E'\\'",
  'pg_read_file(',
  'COPY x FROM PROGRAM',
)
const text = fc
  .array(
    fc.oneof(
      nasty,
      fc.string({ maxLength: 8 }).map((each) => each.replaceAll('\0', '')),
    ),
    { maxLength: 4 },
  )
  .map((parts) => parts.join(''))
const name = text.map((each) => [...each].slice(0, 20).join('')).filter((each) => each !== '' && !each.includes('\r'))

const escapes: Record<string, string> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\b': '\\b',
  '\f': '\\f',
  '\v': '\\v',
}
const copyText = (value: string | null): string =>
  value === null ? '\\N' : value.replace(/[\\\n\t\r\b\f\v]/g, (each) => escapes[each] as string)
const quotedName = (value: string): string => `"${value.replaceAll('"', '""')}"`
const literal = (value: string | null): string => (value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`)

interface Table {
  schema: string
  name: string
  columns: string[]
  rows: (string | null)[][]
}

const table: fc.Arbitrary<Table> = fc
  .record({ schema: name, name, columns: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }) })
  .chain((made) =>
    fc
      .array(
        fc.array(fc.option(text, { nil: null }), { minLength: made.columns.length, maxLength: made.columns.length }),
        { maxLength: 5 },
      )
      .map((rows) => ({ ...made, rows })),
  )

/** A statement that holds any text in any of the ways SQL has. */
const decoy = fc.tuple(fc.integer({ min: 0, max: 5 }), text).map(([kind, value]) => {
  const tag = value.includes('$f$') || value.endsWith('$f') ? undefined : value
  const safeComment = value.replaceAll('/*', '').replaceAll('*/', '').replaceAll('\\', '')
  if (kind === 0) return `COMMENT ON SCHEMA public IS ${literal(value)};\n`
  if (kind === 1 && tag !== undefined)
    return `CREATE FUNCTION public.f() RETURNS void LANGUAGE plpgsql AS $f$${tag}$f$;\n`
  if (kind === 2) return `COMMENT ON SCHEMA public IS E'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}';\n`
  if (kind === 3) return `SELECT /* ${safeComment} /* nested */ */ 1;\n`
  if (kind === 4) return `ALTER TABLE ${quotedName(value || 'x')} OWNER TO shop;\n`
  return `CREATE FUNCTION public.g(a integer) RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT ${literal(value)}; SELECT CASE WHEN a > 1 THEN 2 END; END;\n`
})

const head =
  "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 15.4\n-- Dumped by pg_dump version 16.1\n\nSET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n\n"
const tail = '--\n-- PostgreSQL database dump complete\n--\n\n'

function asCopy({ schema, name: table, columns, rows }: Table): string {
  const lines = rows.map((row) => `${row.map(copyText).join('\t')}\n`).join('')
  return `COPY ${quotedName(schema)}.${quotedName(table)} (${columns.map(quotedName).join(', ')}) FROM stdin;\n${lines}\\.\n\n\n`
}

const create = ({ schema, name: table, columns }: Table): string =>
  `CREATE TABLE ${quotedName(schema)}.${quotedName(table)} (\n${columns.map((each) => `    ${quotedName(each)} text`).join(',\n')}\n);\n\n`

export const copyStream = ({ rows }: { rows: (string | null)[][] }): string =>
  rows.map((row) => `${row.map(copyText).join('\t')}\n`).join('')

/** Dumps of up to four tables with statements between them; `tables` are those with their rows as COPY streams. */
export const randomDump: fc.Arbitrary<RandomDump & { streams: string[] }> = fc
  .record({
    tables: fc.uniqueArray(table, {
      maxLength: 4,
      minLength: 1,
      selector: ({ schema, name: own }) => JSON.stringify([schema, own]),
    }),
    decoys: fc.array(decoy, { maxLength: 6 }),
    windows: fc.boolean(),
  })
  .map(({ tables, decoys, windows }) => {
    const written = [
      head,
      ...tables.map(create),
      ...decoys.slice(0, 3),
      ...tables.map(asCopy),
      ...decoys.slice(3),
      tail,
    ]
    const ended = (part: string): string => (windows ? part.replaceAll('\n', '\r\n') : part)
    const ends = windows ? written.map((part) => part.replaceAll('\r', '').replaceAll('\n', '\r\n')) : written
    const parts = ends.map((part) => Buffer.from(part))
    return {
      text: Buffer.concat(parts),
      parts,
      tables: tables.map((each) => ({ schema: ended(each.schema), name: ended(each.name), rows: each.rows.length })),
      streams: tables.map(copyStream),
    }
  })

/** The same bytes in pieces of any size. */
export function* chunked(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  let at = 0
  for (let index = 0; at < bytes.length; index++) {
    const size = Math.max(1, sizes[index % sizes.length] ?? 1000)
    yield bytes.subarray(at, at + size)
    at += size
  }
}
