import { CopyRows } from '../plain/copy-rows.ts'
import { InsertReader } from '../plain/insert-rows.ts'
import { PieceStream } from '../plain/piece-stream.ts'
import type { Piece } from '../plain/pieces.ts'
import { BrokenBackup } from '../source/broken.ts'
import type { Bytes } from '../source/bytes.ts'
import { parseCopy } from '../sql/copy-statement.ts'
import type { Archive, TocEntry } from './toc.ts'

export interface RowsChunk {
  bytes: Buffer
  lines: number
  /** Where INSERT statements put their rows. */
  target?: Target
}

export interface Target {
  schema: string
  name: string
  columns: string[]
}

/** Rows of TABLE DATA as COPY would have them. Fails when the line `\.` that ends them is missing, or more than empty lines follow it. */
export async function* rowsOf(entry: TocEntry, content: Bytes, standardStrings: boolean): AsyncGenerator<RowsChunk> {
  if (entry.copy !== '') yield* copied(content)
  else yield* inserted(content, standardStrings)
}

async function* copied(content: Bytes): AsyncGenerator<RowsChunk> {
  const rows = new CopyRows()
  let carry: Buffer = Buffer.alloc(0)
  let done = false
  const pieces: Piece[] = []
  for await (const chunk of content) {
    const buffer = carry.length > 0 ? Buffer.concat([carry, chunk]) : chunk
    const taken: { done: boolean; next: number } = done ? { done, next: 0 } : rows.take(buffer, 0, 1, pieces, false)
    done = taken.done
    carry = Buffer.from(buffer.subarray(taken.next))
    for (const piece of pieces.splice(0)) if (piece.kind === 'rows') yield piece
    if (!done) continue
    if (carry.some((byte) => byte !== 10 && byte !== 13))
      throw new BrokenBackup('CORRUPT', 'the rows go on behind their end')
    carry = Buffer.alloc(0)
  }
  if (!done) done = rows.take(carry, 0, 1, pieces, true).done
  for (const piece of pieces) if (piece.kind === 'rows') yield piece
  if (!done) throw new BrokenBackup('TRUNCATED', 'the rows do not end')
}

async function* inserted(content: Bytes, standardStrings: boolean): AsyncGenerator<RowsChunk> {
  const stream = new PieceStream(content)
  const inserts = new InsertReader()
  inserts.standardStrings = standardStrings
  for (let piece = await stream.next(); piece; piece = await stream.next()) {
    if (piece.kind === 'open') throw new BrokenBackup('TRUNCATED', 'the rows do not end')
    const rows = piece.kind === 'statement' ? inserts.read(piece.bytes) : undefined
    if (rows) yield { bytes: rows.rows, lines: rows.count, target: rows }
  }
}

/** Setting of the session that an archive was made in. */
export const standardStringsOf = ({ entries }: Pick<Archive, 'entries'>): boolean =>
  !entries.some(({ desc, definition }) => desc === 'STDSTRINGS' && /'off'/.test(definition))

/** Whether the rows of a partition go through its root: then a partition without rows in the backup may well have some restored. */
export const isThroughRoot = ({ definition }: TocEntry): boolean => definition.startsWith(throughRoot)

export const throughRoot = '-- load via partition root '

/** The table that rows go to: the root where partitions were dumped through it, which the COPY or the first INSERT statement says. */
export function targetOf(entry: TocEntry, inserted: Target | undefined): Target {
  const own = { schema: entry.schema ?? '', name: entry.tag, columns: [] }
  const copied = entry.copy === '' ? undefined : parseCopy(entry.copy)
  if (copied) return { schema: copied.schema || own.schema, name: copied.name, columns: copied.columns }
  return inserted ? { ...inserted, schema: inserted.schema || own.schema } : own
}
