import type { Clock } from '../kernel/clock.ts'

/** Work that waits for its time on a clock; the task is told the time it was due, not the later one at which it ran. */
export interface Schedule {
  at(time: number, task: (due: number) => void | Promise<void>): void
  /** Runs what is due, and what that makes due, in order of time; resolves when all of it is finished. */
  run(): Promise<void>
  close(): void
}

interface Waiting {
  time: number
  order: number
  task: (due: number) => void | Promise<void>
}

/** Real time wakes it at most this late, in milliseconds, should the machine sleep or the clock be set. */
const longestNapMs = 30_000

export function createSchedule(clock: Clock): Schedule {
  const waiting: Waiting[] = []
  const busy = new Set<Promise<void>>()
  let order = 0
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  function wake(): void {
    clearTimeout(timer)
    const first = waiting[0]
    if (!first || isClosed) return
    timer = setTimeout(startDue, Math.min(Math.max(first.time - clock.now(), 0), longestNapMs))
    timer.unref()
  }

  function startDue(): void {
    while (waiting[0] && waiting[0].time <= clock.now()) {
      const { time, task } = waiting.shift() as Waiting
      const done: Promise<void> = Promise.resolve(task(time)).finally(() => busy.delete(done))
      busy.add(done)
    }
    wake()
  }

  return {
    at(time, task) {
      const entry = { time, order: order++, task }
      const index = waiting.findIndex((other) => other.time > time)
      waiting.splice(index === -1 ? waiting.length : index, 0, entry)
      wake()
    },
    async run() {
      startDue()
      while (busy.size > 0) {
        await Promise.all(busy)
        startDue()
      }
    },
    close() {
      isClosed = true
      clearTimeout(timer)
      waiting.length = 0
    },
  }
}
