import { z } from 'zod'
import { inShell, quoted, serverUrl } from '../options/reference.ts'

/** One parameterised query on one database. */
export const querySchema = z.strictObject({
  db: serverUrl.describe('{ env: NAME } of a URL, or the URL: postgres://…, pglite:<folder>'),
  query: z.string().min(1).describe('One statement; values as $1, $2 …'),
  params: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])).default([]),
})

export type Query = z.output<typeof querySchema>

/** The same query for a terminal, read-only as well. */
export function psqlLine({ db, query, params }: Query): string {
  const readOnly = "PGOPTIONS='-c default_transaction_read_only=on'"
  const literal = (value: Query['params'][number]) =>
    typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value)
  const words =
    params.length === 0 ? [query] : [`prepare q as ${query}`, `execute q(${params.map(literal).join(', ')})`]
  return `${readOnly} psql ${inShell(db)} ${words.map((each) => `-c ${quoted(each)}`).join(' ')}`
}
