import { BrokenBackup } from './broken.ts'
import type { Bytes } from './bytes.ts'

/** Reads a stream by numbers of bytes. */
export class ByteCursor {
  readonly #bytes: AsyncIterator<Buffer>
  #buffer: Buffer = Buffer.alloc(0)
  #at = 0
  /** Bytes that were taken. */
  position = 0

  #watcher: ((bytes: Buffer) => void) | undefined
  #watched = 0

  constructor(bytes: Bytes, position = 0) {
    this.#bytes = bytes[Symbol.asyncIterator]()
    this.position = position
  }

  /** From here on `watcher` is given every byte that is taken, up to `unwatch`. */
  watch(watcher: (bytes: Buffer) => void): void {
    this.#watcher = watcher
    this.#watched = this.#at
  }

  unwatch(): void {
    this.#tell()
    this.#watcher = undefined
  }

  #tell(): void {
    if (this.#watcher && this.#at > this.#watched) this.#watcher(this.#buffer.subarray(this.#watched, this.#at))
    this.#watched = this.#at
  }

  async atEnd(): Promise<boolean> {
    return this.#at >= this.#buffer.length && !(await this.#more())
  }

  /** Exactly `length` bytes; fails with TRUNCATED when there are fewer. */
  async take(length: number): Promise<Buffer> {
    while (this.#buffer.length - this.#at < length)
      if (!(await this.#more()))
        throw new BrokenBackup('TRUNCATED', `the file ends at byte ${this.position + this.#buffer.length - this.#at}`)
    const taken = this.#buffer.subarray(this.#at, this.#at + length)
    this.#at += length
    this.position += length
    return taken
  }

  async byte(): Promise<number> {
    if (this.#at >= this.#buffer.length) return (await this.take(1))[0] as number
    this.position++
    return this.#buffer[this.#at++] as number
  }

  /** `length` bytes in parts, without holding all of them. */
  async *parts(length: number): AsyncGenerator<Buffer> {
    for (let left = length; left > 0; ) {
      if (await this.atEnd()) throw new BrokenBackup('TRUNCATED', `the file ends at byte ${this.position}`)
      const part = this.#buffer.subarray(this.#at, this.#at + left)
      this.#at += part.length
      this.position += part.length
      left -= part.length
      yield part
    }
  }

  async skip(length: number): Promise<void> {
    for await (const _ of this.parts(length)) {
      // Passed over.
    }
  }

  async close(): Promise<void> {
    await this.#bytes.return?.()
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#bytes.next()
    if (done) return false
    this.#tell()
    this.#watched = 0
    this.#buffer = this.#at < this.#buffer.length ? Buffer.concat([this.#buffer.subarray(this.#at), value]) : value
    this.#at = 0
    return this.#buffer.length > 0 || this.#more()
  }
}
