import { Schedule } from '../../store/schedule.ts'
import type { After } from './deliver.ts'

export interface Timers {
  after: After
  /** Runs what is due on every account's clock: a clock turned by hand turns retries too. */
  tick(): void
  forget(account: string): void
}

/** `now` is the clock of an account, epoch milliseconds. */
export function createTimers(now: (account: string) => number): Timers {
  const schedules = new Map<string, Schedule<() => void>>()
  let serial = 0

  function scheduleOf(account: string): Schedule<() => void> {
    const known = schedules.get(account)
    if (known) return known
    const schedule = new Schedule<() => void>()
    schedules.set(account, schedule)
    return schedule
  }
  return {
    after(account, delayMs, run) {
      const key = String(serial++)
      const schedule = scheduleOf(account)
      schedule.set(key, Math.ceil((now(account) + delayMs) / 1000), run)
      return () => schedule.delete(key)
    },
    tick() {
      for (const [account, schedule] of schedules) {
        const seconds = Math.floor(now(account) / 1000)
        for (let due = schedule.takeDue(seconds); due; due = schedule.takeDue(seconds)) due.value()
        if (schedule.size === 0) schedules.delete(account)
      }
    },
    forget: (account) => void schedules.delete(account),
  }
}
