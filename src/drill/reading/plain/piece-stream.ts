import type { Bytes } from '../source/bytes.ts'
import type { Piece } from './pieces.ts'
import { SqlSplitter } from './splitter.ts'

/** The pieces of a dump one after the other, so that different readers can take turns. */
export class PieceStream {
  readonly #splitter = new SqlSplitter()
  readonly #bytes: AsyncIterator<Buffer>
  #pieces: Piece[] = []
  #at = 0
  #ended = false
  /** Lines of the dump that were left out of the bytes so far. */
  passed = 0

  constructor(bytes: Bytes) {
    this.#bytes = bytes[Symbol.asyncIterator]()
  }

  async next(): Promise<Piece | undefined> {
    while (this.#at >= this.#pieces.length) {
      if (this.#ended) return undefined
      const { value, done } = await this.#bytes.next()
      this.#ended = done === true
      this.#pieces = done ? this.#splitter.end() : this.#splitter.push(value)
      this.#at = 0
    }
    const piece = this.#pieces[this.#at++]
    if (piece) piece.line += this.passed
    return piece
  }

  /** Rows up to the end of the COPY that has just begun. */
  async *rows(): AsyncGenerator<Buffer> {
    for (;;) {
      const piece = await this.next()
      if (piece?.kind === 'rows') yield piece.bytes
      else return
    }
  }

  async close(): Promise<void> {
    await this.#bytes.return?.()
  }
}
