import { createHash } from 'node:crypto'

/** Numbers in [0, 1) that are the same under the same name. (sfc32) */
export function seededRandom(name: string): () => number {
  const state = createHash('sha256').update(name).digest()
  let [a, b, c, counter] = [state.readInt32LE(0), state.readInt32LE(4), state.readInt32LE(8), 1]
  return () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return (sum >>> 0) / 4_294_967_296
  }
}
