import { createHash, randomBytes } from 'node:crypto'

const characters = Buffer.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz')

/** 62^5 is less than 2^32. */
const charactersPerDraw = 5
const longest = 256

/** Letters and digits for ids and the sandbox's own secrets. Not for anything that guards something real. */
export interface Random {
  /** That many characters, at most 200, behind a prefix. */
  text(length: number, prefix?: string): string
  /** Where a sequence that was seeded stands; `restore` goes on from there. Undefined without a seed: such ids need no care. */
  state(): RandomState | undefined
  restore(state: RandomState): void
}

export type RandomState = readonly [number, number, number, number]

/** The same seed gives the same texts; without one they differ in every process. (sfc32, period about 2^128.) */
export function createRandom(seed?: string): Random {
  const state = seed === undefined ? randomBytes(16) : createHash('sha256').update(seed).digest()
  let [a, b, c, counter] = [state.readInt32LE(0), state.readInt32LE(4), state.readInt32LE(8), 1]
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return sum >>> 0
  }
  for (let warmUp = 0; warmUp < 12; warmUp++) next()
  const bytes = Buffer.alloc(longest)
  return {
    text(length, prefix = '') {
      const start = prefix.length
      for (let at = 0; at < start; at++) bytes[at] = prefix.charCodeAt(at)
      let bits = 0
      for (let at = 0; at < length; at++) {
        // Whole numbers of 32 bits throughout: any other division takes several times as long.
        bits = at % charactersPerDraw === 0 ? next() : (bits / 62) >>> 0
        bytes[start + at] = characters[bits % 62]!
      }
      // Built at once: a text put together from parts would keep every part in memory.
      return bytes.toString('latin1', 0, start + length)
    },
    state: () => (seed === undefined ? undefined : [a, b, c, counter]),
    restore(state) {
      ;[a, b, c, counter] = state
    },
  }
}
