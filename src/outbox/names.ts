import type { Clock } from '../kernel/clock.ts'

/** Makes ids that begin with the time and sort by it; unique within a process by the counter, between processes by the random part. */
export function createNames(clock: Clock, random: () => string): (template: string) => string {
  let last = -1
  let counter = 0
  return (template) => {
    const now = Math.floor(clock.now())
    counter = now === last ? counter + 1 : 0
    last = now
    return `${String(now).padStart(13, '0')}-${String(counter).padStart(4, '0')}-${random()}_${template}`
  }
}
