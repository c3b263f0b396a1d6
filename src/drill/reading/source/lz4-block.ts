import { BrokenBackup } from './broken.ts'

const broken = (): BrokenBackup => new BrokenBackup('CORRUPT', 'the lz4 data is damaged')

/**
 * Decodes one LZ4 block into `out` from `at` on; what stands before `at` may be referred to. Returns where it ended.
 * A block is pairs of literals and copies: a token of two lengths, literals, and a distance of two bytes.
 */
export function decodeLz4Block(block: Buffer, out: Buffer, at: number): number {
  let from = 0
  let to = at
  const length = (short: number): number => {
    let total = short
    if (short < 15) return total
    for (let byte = 255; byte === 255; total += byte) {
      if (from >= block.length) throw broken()
      byte = block[from++] as number
    }
    return total
  }
  while (from < block.length) {
    const token = block[from++] as number
    const literals = length(token >> 4)
    if (from + literals > block.length || to + literals > out.length) throw broken()
    block.copy(out, to, from, from + literals)
    from += literals
    to += literals
    if (from === block.length) return to
    if (from + 2 > block.length) throw broken()
    const distance = block.readUInt16LE(from)
    from += 2
    const copied = length(token & 15) + 4
    if (distance === 0 || distance > to || to + copied > out.length) throw broken()
    if (distance >= copied) out.copyWithin(to, to - distance, to - distance + copied)
    else for (let index = 0; index < copied; index++) out[to + index] = out[to + index - distance] as number
    to += copied
  }
  return to
}
