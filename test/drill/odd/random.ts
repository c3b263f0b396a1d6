/** Repeatable chance: the same seed makes the same database. */
export interface Random {
  int(below: number): number
  pick<T>(list: readonly T[]): T
  some<T>(list: readonly T[], most: number): T[]
  chance(share: number): boolean
}

export function randomOf(seed: number): Random {
  let state = (seed * 0x9e3779b1) >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (below: number): number => Math.floor(next() * below)
  const pick = <T>(list: readonly T[]): T => {
    const found = list[int(list.length)]
    if (found === undefined) throw new Error('nothing to pick from')
    return found
  }
  return {
    int,
    pick,
    chance: (share) => next() < share,
    some(list, most) {
      const left = [...list]
      return Array.from({ length: Math.min(most, left.length) }, () => left.splice(int(left.length), 1)).flat()
    },
  }
}
