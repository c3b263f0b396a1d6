import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import type { ReadOptions } from '../define.ts'
import { fileBytes } from './bytes.ts'

/** A stored file that is hashed while it is read, so that it is read once. */
export class StoredFile {
  readonly #hash = createHash('sha256')
  #done = 0

  private constructor(
    readonly path: string,
    readonly size: number,
    private readonly options: ReadOptions,
  ) {}

  static async open(path: string, options: ReadOptions): Promise<StoredFile> {
    const { size } = await stat(path)
    return new StoredFile(path, size, options)
  }

  /** What has not been read yet; to be called again after a reader gave up. */
  async *bytes(): AsyncGenerator<Buffer> {
    for await (const chunk of fileBytes(this.path, { from: this.#done, signal: this.options.signal })) {
      this.#hash.update(chunk)
      this.#done += chunk.length
      this.options.onProgress?.(this.#done, this.size)
      yield chunk
    }
  }

  /** SHA-256 of the whole file, and how long it was when it was read. */
  async finish(): Promise<{ sha256: string; bytes: number }> {
    for await (const _ of this.bytes()) {
      // What no reader needed still belongs to the hash.
    }
    return { sha256: this.#hash.digest('hex'), bytes: this.#done }
  }
}
