import { CopyRows } from '../plain/copy-rows.ts'
import { InsertReader } from '../plain/insert-rows.ts'
import { PieceStream } from '../plain/piece-stream.ts'
import type { Piece } from '../plain/pieces.ts'
import { BrokenBackup } from '../source/broken.ts'
import type { Bytes } from '../source/bytes.ts'
import { parseCopy } from '../sql/copy-statement.ts'
import type { TocEntry } from './toc.ts'

export interface RowsChunk {
  bytes: Buffer
  lines: number
}

/** Rows of TABLE DATA as COPY would have them. Fails with TRUNCATED when the line `\.` that ends them is missing. */
export async function* rowsOf(entry: TocEntry, content: Bytes): AsyncGenerator<RowsChunk> {
  if (entry.copy !== '') yield* copied(content)
  else yield* inserted(content)
}

async function* copied(content: Bytes): AsyncGenerator<RowsChunk> {
  const rows = new CopyRows()
  let carry: Buffer = Buffer.alloc(0)
  let done = false
  const pieces: Piece[] = []
  for await (const chunk of content) {
    if (done) continue
    const buffer = carry.length > 0 ? Buffer.concat([carry, chunk]) : chunk
    const taken = rows.take(buffer, 0, 1, pieces, false)
    done = taken.done
    carry = Buffer.from(buffer.subarray(taken.next))
    for (const piece of pieces.splice(0)) if (piece.kind === 'rows') yield piece
  }
  if (!done) done = rows.take(carry, 0, 1, pieces, true).done
  for (const piece of pieces) if (piece.kind === 'rows') yield piece
  if (!done) throw new BrokenBackup('TRUNCATED', 'the rows do not end')
}

async function* inserted(content: Bytes): AsyncGenerator<RowsChunk> {
  const stream = new PieceStream(content)
  const inserts = new InsertReader()
  for (let piece = await stream.next(); piece; piece = await stream.next()) {
    if (piece.kind === 'open') throw new BrokenBackup('TRUNCATED', 'the rows do not end')
    const rows = piece.kind === 'statement' ? inserts.read(piece.bytes) : undefined
    if (rows) yield { bytes: rows.rows, lines: rows.count }
  }
}

/** Columns by the COPY statement; INSERT statements of archives name them themselves. */
export const columnsOf = (entry: TocEntry): string[] => parseCopy(entry.copy)?.columns ?? []

/** The table that rows go to: its root where partitions were dumped through it. */
export function tableOf(entry: TocEntry): { schema: string; name: string } {
  const copied = entry.copy === '' ? undefined : parseCopy(entry.copy)
  return { schema: copied?.schema || (entry.schema ?? ''), name: copied?.name ?? entry.tag }
}
