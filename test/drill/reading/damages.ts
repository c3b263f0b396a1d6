import fc from 'fast-check'

/** What happens to one of the files of a folder, and where. */
export const damages = fc.record({
  file: fc.nat(1000),
  place: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  how: fc.oneof(
    fc.constant('cut' as const),
    fc.nat(7).map((bit) => ({ bit })),
    fc.integer({ min: 1, max: 300 }).map((twice) => ({ twice })),
    fc.integer({ min: 1, max: 300 }).map((gone) => ({ gone })),
  ),
})

type How = 'cut' | { bit: number } | { twice: number } | { gone: number }

/** The bytes after it. */
export function damaged(bytes: Buffer, at: number, how: How): Buffer {
  if (how === 'cut') return bytes.subarray(0, at)
  const head = bytes.subarray(0, at)
  if ('twice' in how) return Buffer.concat([head, bytes.subarray(at, at + how.twice), bytes.subarray(at)])
  if ('gone' in how) return Buffer.concat([head, bytes.subarray(at + how.gone)])
  const turned = Buffer.from(bytes)
  turned.writeUInt8((bytes[at] ?? 0) ^ (1 << how.bit), at)
  return turned
}
