import { createHash, randomBytes } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Letters and digits for ids and the sandbox's own secrets. Not for anything that guards something real. */
export interface Random {
  text(length: number): string
}

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
  return {
    text(length) {
      let text = ''
      while (text.length < length) text += chunk(next(), Math.min(5, length - text.length))
      return text
    },
  }
}

/** Up to five characters out of 32 bits. */
function chunk(bits: number, length: number): string {
  let text = ''
  for (let rest = bits; text.length < length; rest = Math.floor(rest / 62)) text += alphabet[rest % 62]
  return text
}
