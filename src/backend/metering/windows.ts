/** A stretch of time, its end not included; epoch milliseconds. */
export interface Span {
  from: number
  to: number
}

const minute = 60_000

/** The window of so many minutes that holds a moment: windows begin at multiples of their length since the epoch, whatever the local time. */
export function windowAt(at: number, minutes: number): Span {
  const size = minutes * minute
  const from = Math.floor(at / size) * size
  return { from, to: from + size }
}

/** All that can be reported by now: windows that ended `graceMinutes` ago, and as far back as the provider takes usage. */
export const closedSpan = (now: number, minutes: number, graceMinutes: number): Span => ({
  from: now - 35 * 24 * 60 * minute + 10 * minute,
  to: windowAt(now - graceMinutes * minute, minutes).from,
})

/** When the next hour has ended for so many minutes. */
export function nextHourly(now: number, graceMinutes: number): number {
  const grace = graceMinutes * minute
  return windowAt(now - grace, 60).to + grace
}
