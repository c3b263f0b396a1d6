/** Seeded chance: the same seed gives the same run, so that what was found can be found again. */
export interface Dice {
  /** 0 up to, but not, `below`. */
  number(below: number): number
  /** True once in `often`. */
  once(often: number): boolean
  pick<T>(from: readonly T[]): T
}

/** mulberry32: small, fast, even enough for choosing. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const number = (below: number): number => Math.floor(next() * below)
  return { number, once: (often) => number(often) === 0, pick: (from) => from[number(from.length)]! }
}
