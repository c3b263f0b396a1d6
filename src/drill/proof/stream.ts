import { createHash } from 'node:crypto'
import type { Database } from '../engines/define.ts'
import type { QualifiedName } from './inventory.ts'
import { quoteIdentifier, quoteName, quoteText } from './quoting.ts'

/**
 * Makes COPY write what pg_dump writes. pg_dump sets all of these itself but the time zone and bytea_output, which a dump takes from
 * the server it was made on and does not record; UTC and hex are the usual ones, and `lines.ts` compares the others.
 */
const settings = [
  "search_path = ''",
  "datestyle = 'ISO'",
  "intervalstyle = 'postgres'",
  "timezone = 'UTC'",
  'extra_float_digits = 3',
  "bytea_output = 'hex'",
  'synchronize_seqscans = off',
  'row_security = off',
  'statement_timeout = 0',
]

/** Prepares a session for reading tables as pg_dump does. */
export const prepareStream = (database: Database): Promise<void> =>
  database.exec(settings.map((each) => `set ${each};`).join('\n'))

export interface StreamOptions {
  /** As the file lists them; empty: all that are not generated. */
  columns?: readonly string[]
  /** client_encoding of the file. */
  encoding?: string
  /** Rows of partitions too, for data that was dumped through its root: of all but these. */
  partitionsBut?: readonly QualifiedName[]
}

/** The statement whose output is the table's stream. COPY of a table leaves out the rows of its children, as pg_dump does. */
export function copyStatement(table: QualifiedName, { columns = [], encoding, partitionsBut }: StreamOptions): string {
  const list = columns.map(quoteIdentifier).join(', ')
  const from = partitionsBut
    ? `(select ${list || '*'} from ${partitionRows(table, partitionsBut)})`
    : `${quoteName(table)}${list && ` (${list})`}`
  const option = encoding && !/^utf-?8$/i.test(encoding) ? ` with (encoding '${encoding.replaceAll("'", "''")}')` : ''
  return `copy ${from} to stdout${option}`
}

/** A table with its partitions, but for those: what follows FROM. */
export function partitionRows(table: QualifiedName, but: readonly QualifiedName[]): string {
  const names = but.map((each) => `${quoteText(quoteName(each))}::pg_catalog.regclass`)
  return `${quoteName(table)}${names.length > 0 ? ` where tableoid not in (${names.join(', ')})` : ''}`
}

export interface StreamSum {
  rows: number
  sha256: string
  bytes: number
}

/** Rows and SHA-256 of a table's stream. Text format escapes line ends in values, so every LF ends a row. */
export async function sumStream(
  chunks: AsyncIterable<Uint8Array>,
  look?: (chunk: Uint8Array) => void,
): Promise<StreamSum> {
  const hash = createHash('sha256')
  let rows = 0
  let bytes = 0
  for await (const chunk of chunks) {
    hash.update(chunk)
    bytes += chunk.length
    rows += countLines(chunk)
    look?.(chunk)
  }
  return { rows, sha256: hash.digest('hex'), bytes }
}

function countLines(chunk: Uint8Array): number {
  let count = 0
  for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) count++
  return count
}
