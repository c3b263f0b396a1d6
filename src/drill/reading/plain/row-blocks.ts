import type { BackupReading } from '../define.ts'
import { BrokenBackup } from '../source/broken.ts'
import { type Bytes, fileBytes } from '../source/bytes.ts'
import type { PieceStream } from './piece-stream.ts'
import type { RowsPiece } from './pieces.ts'

/** Where the rows of one COPY stand in the file; from and to are the same where there are none. */
export interface RowBlock {
  from: number
  to: number
  /** Ends of line in them. */
  lines: number
}

/** Notes where the rows of each COPY stand, so that they can be read apart from the rest. */
export class RowBlocks {
  #blocks: RowBlock[] | undefined = []

  begin(): void {
    this.#blocks?.push({ from: 0, to: 0, lines: 0 })
  }

  /** `at` is undefined where the bytes do not stand in the file as they are. */
  add({ at, bytes, lines }: RowsPiece): void {
    const block = this.#blocks?.at(-1)
    if (!block) return
    if (at === undefined) {
      this.giveUp()
      return
    }
    if (block.to === 0) block.from = at
    block.to = at + bytes.length
    block.lines += lines
  }

  giveUp(): void {
    this.#blocks = undefined
  }

  /** Of every COPY in its order; undefined where rows can only be read with all that is before them. */
  get all(): readonly RowBlock[] | undefined {
    return this.#blocks
  }
}

/** The blocks of a dump that can be read in parts: nothing is wrapped around it. */
export function blocksOf({ wrappers, private: kept }: BackupReading): readonly RowBlock[] | undefined {
  return wrappers.length === 0 ? (kept as PlainMap | undefined)?.blocks : undefined
}

export interface PlainMap {
  blocks: readonly RowBlock[] | undefined
}

/** The dump without its rows: every COPY is followed by its end at once. */
export async function* textBetween(
  path: string,
  blocks: readonly RowBlock[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  let from = 0
  for (const block of blocks) {
    if (block.to === 0) continue
    yield* fileBytes(path, { from, to: block.from, signal })
    from = block.to
  }
  yield* fileBytes(path, { from, signal })
}

/** Passes over the end of a COPY whose rows were left out; throws BrokenBackup where rows stand that did not when the file was read. */
export async function passEnd(pieces: PieceStream, table: string): Promise<void> {
  for await (const _ of pieces.rows())
    throw new BrokenBackup('CORRUPT', 'the file is not what it was when it was read', table)
}

export const rowsIn = (path: string, { from, to }: RowBlock, signal: AbortSignal | undefined): Bytes => ({
  [Symbol.asyncIterator]: () => fileBytes(path, { from, to, signal }),
})
