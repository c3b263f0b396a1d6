import type { Clock } from '../kernel/clock.ts'

/** How an account's clock differs from the server's. */
export interface ClockState {
  /** Milliseconds it is ahead of the server's. */
  offsetMs: number
  /** Epoch milliseconds it stands at; it runs when this is absent. */
  frozenAt?: number
}

/** The clock of one account and those connected to it: runs with the server's until it is stopped or set. */
export interface AccountClock extends Clock {
  freeze(): void
  /** Epoch milliseconds. A clock that runs goes on running from there. */
  set(ms: number): void
  advance(ms: number): void
  /** Runs again, from where it stands. */
  resume(): void
  state(): ClockState
  restore(state: ClockState): void
}

export function createAccountClock(server: Clock, onChange?: () => void): AccountClock {
  let current: ClockState = { offsetMs: 0 }
  const now = (): number => current.frozenAt ?? server.now() + current.offsetMs
  const change = (state: ClockState): void => {
    current = state
    onChange?.()
  }
  const set = (ms: number): void =>
    change({ offsetMs: ms - server.now(), ...(current.frozenAt !== undefined && { frozenAt: ms }) })
  return {
    now,
    freeze: () => change({ offsetMs: current.offsetMs, frozenAt: now() }),
    set,
    advance: (ms) => set(now() + ms),
    resume: () => change({ offsetMs: now() - server.now() }),
    state: () => current,
    restore(state) {
      current = state
    },
  }
}
