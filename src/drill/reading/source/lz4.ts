import xxhash from 'xxhash-wasm'
import { BrokenBackup } from './broken.ts'
import type { Bytes } from './bytes.ts'
import { ByteCursor } from './cursor.ts'
import { decodeLz4Block } from './lz4-block.ts'

const frameMagic = 0x184d2204
const skippable = (magic: number): boolean => magic >= 0x184d2a50 && magic <= 0x184d2a5f
const window = 2 ** 16

/** Takes lz4 off: all frames, with the checksums they have. */
export async function* unlz4(bytes: Bytes): AsyncGenerator<Buffer> {
  const cursor = new ByteCursor(bytes)
  const { create32 } = await xxhash()
  try {
    while (!(await cursor.atEnd())) {
      const magic = (await cursor.take(4)).readUInt32LE()
      if (skippable(magic)) await cursor.skip((await cursor.take(4)).readUInt32LE())
      else if (magic === frameMagic) yield* frame(cursor, create32())
      else throw new BrokenBackup('CORRUPT', 'what follows in the lz4 file is no frame')
    }
  } finally {
    await cursor.close()
  }
}

interface Hash {
  update(bytes: Uint8Array): unknown
  digest(): number
}

async function* frame(cursor: ByteCursor, hash: Hash): AsyncGenerator<Buffer> {
  const flags = await cursor.byte()
  const descriptor = await cursor.byte()
  if (flags >> 6 !== 1) throw new BrokenBackup('CORRUPT', 'the header of the lz4 file is damaged')
  const has = (bit: number): boolean => (flags & bit) !== 0
  await cursor.skip((has(0x08) ? 8 : 0) + (has(0x01) ? 4 : 0) + 1)
  const maxBlock = 2 ** (8 + 2 * ((descriptor >> 4) & 7))
  // Blocks may refer to the 64 KB before them.
  const out = Buffer.alloc(window + maxBlock)
  let history = 0
  for (;;) {
    const word = (await cursor.take(4)).readUInt32LE()
    if (word === 0) break
    const size = word & 0x7fffffff
    if (size > maxBlock) throw new BrokenBackup('CORRUPT', 'a block of the lz4 file is too long')
    const block = await cursor.take(size)
    const end = word > 0x7fffffff ? history + block.copy(out, history) : decodeLz4Block(block, out, history)
    if (has(0x10)) await cursor.skip(4)
    const part = Buffer.from(out.subarray(history, end))
    hash.update(part)
    yield part
    const keep = Math.min(window, end)
    out.copyWithin(0, end - keep, end)
    history = keep
  }
  if (has(0x04) && (await cursor.take(4)).readUInt32LE() !== hash.digest() >>> 0)
    throw new BrokenBackup('CORRUPT', 'the checksum of the lz4 file is not that of its content')
}
