import type { Database } from '../engines/define.ts'
import type { Finding } from '../findings.ts'
import { EncodingLook } from './encoding.ts'
import { nameOf, type QualifiedName } from './inventory.ts'
import { quoteName } from './quoting.ts'
import { copyStatement, partitionRows, type StreamOptions, type StreamSum, sumStream } from './stream.ts'

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

/** Rows of a table, without those of its children; of partitions as `StreamOptions` has it. */
export async function countRows(
  database: Database,
  table: QualifiedName,
  partitionsBut?: readonly QualifiedName[],
): Promise<number> {
  const from = partitionsBut ? partitionRows(table, partitionsBut) : `only ${quoteName(table)}`
  const [row] = await database.query(`select count(*)::text as rows from ${from}`)
  return Number(row?.rows ?? 0)
}
