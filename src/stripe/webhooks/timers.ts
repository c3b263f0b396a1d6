import type { Clock } from '../../kernel/clock.ts'
import { Schedule } from '../../store/schedule.ts'
import type { After } from './deliver.ts'

/** Timers that go off when `tick` finds that the clock has passed them: a clock turned by hand turns retries too. */
export function createTimers(clock: Clock): { after: After; tick(): void } {
  const schedule = new Schedule<() => void>()
  let serial = 0
  const seconds = () => Math.floor(clock.now() / 1000)
  return {
    after(_account, delayMs, run) {
      const key = String(serial++)
      schedule.set(key, Math.ceil((clock.now() + delayMs) / 1000), run)
      return () => schedule.delete(key)
    },
    tick() {
      for (let due = schedule.takeDue(seconds()); due; due = schedule.takeDue(seconds())) due.value()
    },
  }
}
