import { BrokenBackup } from '../source/broken.ts'
import type { ByteCursor } from '../source/cursor.ts'
import type { ArchiveHeader } from './toc.ts'

const maxChunk = 2 ** 30

/** The data blocks of a custom archive, behind its table of contents. */
export class DataBlocks {
  constructor(
    private readonly cursor: ByteCursor,
    private readonly header: ArchiveHeader,
  ) {}

  /** The next block and where it begins; undefined at the end of the file. */
  async next(): Promise<{ kind: 'data' | 'blobs'; dumpId: number; offset: number } | undefined> {
    const offset = this.cursor.position
    if (await this.cursor.atEnd()) return undefined
    const type = await this.cursor.byte()
    if (type !== 1 && type !== 3)
      throw new BrokenBackup('CORRUPT', `a block of the unknown kind ${type} at byte ${offset}`)
    return { kind: type === 1 ? 'data' : 'blobs', dumpId: await this.#int(), offset }
  }

  /** Content of the block as it is stored; ends behind its end mark. */
  async *content(): AsyncGenerator<Buffer> {
    for (;;) {
      const length = await this.#int()
      if (length === 0) return
      if (length < 0 || length > maxChunk)
        throw new BrokenBackup('CORRUPT', `a part of ${length} bytes at byte ${this.cursor.position}`)
      yield* this.cursor.parts(length)
    }
  }

  /** Number of the next large object of a block of them; 0 behind the last. */
  async largeObject(): Promise<number> {
    const oid = await this.#int()
    if (oid < 0) throw new BrokenBackup('CORRUPT', `a large object ${oid}`)
    return oid
  }

  async #int(): Promise<number> {
    const sign = await this.cursor.byte()
    let value = 0
    for (let index = 0; index < this.header.intBytes; index++) value += (await this.cursor.byte()) * 2 ** (8 * index)
    if (sign > 1) throw new BrokenBackup('CORRUPT', `a number with the sign ${sign} at byte ${this.cursor.position}`)
    return sign === 1 ? -value : value
  }
}
