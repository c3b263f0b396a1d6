/** Milliseconds since the Unix epoch. Everything that asks for the time takes one of these, so tests turn it by hand. */
export interface Clock {
  now(): number
}

export const systemClock: Clock = { now: () => Date.now() }

export interface ManualClock extends Clock {
  advance(ms: number): void
  set(ms: number): void
}

/** A clock that stands still until it is told otherwise. */
export function createManualClock(start = Date.UTC(2026, 0, 1)): ManualClock {
  let current = start
  return {
    now: () => current,
    advance(ms) {
      current += ms
    },
    set(ms) {
      current = ms
    },
  }
}

/** Clocks of two machines may differ by this much: a time further ahead than 5 minutes is wrong, not fresh. */
export const allowedSkewMs = 5 * 60_000
