import { type Drained, drained } from '../drained.ts'
import { BrokenBackup } from '../source/broken.ts'
import type { Bytes } from '../source/bytes.ts'
import { ByteCursor } from '../source/cursor.ts'
import { decompress } from '../source/inflate.ts'
import { DataBlocks } from './blocks.ts'
import type { ArchiveData } from './data.ts'
import type { Archive, TocEntry } from './toc.ts'

/** Data of a custom archive. `open` gives its bytes from a position on; pg_dump writes data in the order of the entries, so that is rarely needed twice. */
export class CustomData implements ArchiveData {
  #cursor: ByteCursor | undefined

  constructor(
    private readonly archive: Archive,
    private readonly offsets: ReadonlyMap<number, number>,
    private readonly open: (from: number) => Promise<Bytes>,
  ) {}

  async table(entry: TocEntry): Promise<Drained> {
    const blocks = await this.#at(entry)
    return this.#content(blocks)
  }

  async *largeObjects(entry: TocEntry): AsyncGenerator<Drained & { oid: string }> {
    const blocks = await this.#at(entry)
    for (let oid = await blocks.largeObject(); oid !== 0; oid = await blocks.largeObject()) {
      const content = this.#content(blocks)
      yield { oid: String(oid), ...content }
      await content.drain()
    }
  }

  async close(): Promise<void> {
    await this.#cursor?.close()
  }

  #content(blocks: DataBlocks): Drained {
    const stored = drained(blocks.content())
    const content = drained(decompress(stored.data, this.archive.header.compression))
    return {
      data: content.data,
      async drain() {
        await content.drain()
        await stored.drain()
      },
    }
  }

  async #at(entry: TocEntry): Promise<DataBlocks> {
    const offset = this.offsets.get(entry.dumpId)
    if (offset === undefined) throw new BrokenBackup('TRUNCATED', 'its data is not in the archive', entry.tag)
    if (this.#cursor?.position !== offset) {
      await this.#cursor?.close()
      this.#cursor = new ByteCursor(await this.open(offset), offset)
    }
    const blocks = new DataBlocks(this.#cursor as ByteCursor, this.archive.header)
    const block = await blocks.next()
    if (block?.dumpId !== entry.dumpId)
      throw new BrokenBackup('CORRUPT', 'the archive changed while it was read', entry.tag)
    return blocks
  }
}
