import { Duplex } from 'node:stream'
import type { PGlite } from '@electric-sql/pglite'

/** AuthenticationOk and ReadyForQuery: PGlite has one user and asks for no password. */
const welcome = Buffer.from('R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I', 'latin1')

/**
 * PGlite as a PostgreSQL server's socket, for the same client that talks to a real server. The client hands over everything up to the next
 * answer it needs in one go, and one call into WebAssembly for that is several times faster than one for each message.
 */
export class PgliteStream extends Duplex {
  readonly #engine: PGlite
  #isStarted = false

  constructor(engine: PGlite) {
    super()
    this.#engine = engine
  }

  connect(): void {
    process.nextTick(() => this.emit('connect'))
  }

  setNoDelay(): void {}

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#answer(bytes).then(() => done(), done)
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#answer(Buffer.concat(chunks.map(({ chunk }) => chunk))).then(() => done(), done)
  }

  async #answer(bytes: Buffer): Promise<void> {
    if (!this.#isStarted) {
      this.#isStarted = true
      this.push(welcome)
      return
    }
    // Terminate: the engine is closed by whoever opened it.
    if (bytes.length === 5 && bytes[0] === 0x58) {
      this.push(null)
      return
    }
    this.push(await this.#engine.execProtocolRaw(bytes))
  }
}
