import type { Database } from '../engines/define.ts'
import type { Finding } from '../findings.ts'
import { EncodingLook } from './encoding.ts'
import { nameOf, type QualifiedName } from './inventory.ts'
import { quoteName } from './quoting.ts'
import { copyStatement, type StreamOptions, type StreamSum, sumStream } from './stream.ts'

export interface TableSum extends StreamSum {
  /** What is odd about its text. */
  odd: Finding | undefined
}

/** Reads a whole table as pg_dump would, and sums it up. */
export async function sumTable(
  database: Database,
  table: QualifiedName,
  options: StreamOptions & { encoding: string },
): Promise<TableSum> {
  const look = new EncodingLook(options.encoding)
  const sum = await sumStream(database.copyOut(copyStatement(table, options)), look.look)
  return { ...sum, odd: look.judge(nameOf(table), options.encoding) }
}

/** Rows of a table, without those of its children unless asked for. */
export async function countRows(database: Database, table: QualifiedName, withChildren: boolean): Promise<number> {
  const [row] = await database.query(
    `select count(*)::text as rows from ${withChildren ? '' : 'only '}${quoteName(table)}`,
  )
  return Number(row?.rows ?? 0)
}
