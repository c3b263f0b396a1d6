import { Decompress, ZstdErrorCode } from 'fzstd'
import xxhash from 'xxhash-wasm'
import { BrokenBackup } from './broken.ts'
import type { Bytes } from './bytes.ts'
import { ByteCursor } from './cursor.ts'

const frameMagic = 0xfd2fb528
const skippable = (magic: number): boolean => magic >= 0x184d2a50 && magic <= 0x184d2a5f

/** Takes zstd off, all frames, each with its checksum where it has one (RFC 8878). The decoder does not look at checksums, so that is done here. */
export async function* unzstd(bytes: Bytes): AsyncGenerator<Buffer> {
  const cursor = new ByteCursor(bytes)
  const { create64 } = await xxhash()
  try {
    while (!(await cursor.atEnd())) {
      const magic = (await cursor.take(4)).readUInt32LE()
      if (skippable(magic)) await cursor.skip((await cursor.take(4)).readUInt32LE())
      else if (magic === frameMagic) yield* frame(cursor, create64())
      else throw new BrokenBackup('CORRUPT', 'what follows in the zstd file is no frame')
    }
  } finally {
    await cursor.close()
  }
}

interface Hash {
  update(bytes: Uint8Array): unknown
  digest(): bigint
}

async function* frame(cursor: ByteCursor, hash: Hash): AsyncGenerator<Buffer> {
  const decoder = new Decompress()
  const header = await frameHeader(cursor)
  push(decoder, header.bytes, false)
  for (let last = false; !last; ) {
    const block = Buffer.from(await cursor.take(3))
    const value = block.readUIntLE(0, 3)
    last = (value & 1) === 1
    const size = ((value >> 1) & 3) === 1 ? 1 : value >> 3
    const content = await cursor.take(size)
    const end = last && header.hasChecksum ? await cursor.take(4) : Buffer.alloc(0)
    for (const part of push(decoder, Buffer.concat([block, content, end]), last)) {
      hash.update(part)
      yield part
    }
    if (end.length > 0 && end.readUInt32LE() !== Number(hash.digest() & 0xffffffffn))
      throw new BrokenBackup('CORRUPT', 'the checksum of the zstd file is not that of its content')
  }
}

async function frameHeader(cursor: ByteCursor): Promise<{ bytes: Buffer; hasChecksum: boolean }> {
  const magic = Buffer.alloc(4)
  magic.writeUInt32LE(frameMagic)
  const flags = await cursor.byte()
  const isSingle = (flags & 0x20) !== 0
  const dictionary = [0, 1, 2, 4][flags & 3] as number
  const size = [isSingle ? 1 : 0, 2, 4, 8][flags >> 6] as number
  const rest = await cursor.take((isSingle ? 0 : 1) + dictionary + size)
  if (dictionary > 0) throw new BrokenBackup('UNSUPPORTED', 'zstd with a dictionary cannot be read here', 'zstd')
  return { bytes: Buffer.concat([magic, Buffer.from([flags]), rest]), hasChecksum: (flags & 4) !== 0 }
}

function push(decoder: Decompress, bytes: Buffer, last: boolean): Buffer[] {
  const parts: Buffer[] = []
  decoder.ondata = (part) => {
    if (part.length > 0) parts.push(Buffer.from(part))
  }
  try {
    decoder.push(bytes, last)
  } catch (error) {
    const { code } = error as { code?: number }
    if (code === ZstdErrorCode.WindowSizeTooLarge)
      throw new BrokenBackup('UNSUPPORTED', 'zstd with --long cannot be read here', 'zstd')
    throw new BrokenBackup('CORRUPT', 'the zstd data is damaged', undefined, { cause: error })
  }
  return parts
}
