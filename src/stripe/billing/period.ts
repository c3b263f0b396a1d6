export type Interval = 'day' | 'week' | 'month' | 'year'

export interface Recurrence {
  interval: string
  interval_count: number
}

/** Epoch seconds; the end is not part of it. */
export interface Period {
  start: number
  end: number
}

const day = 86_400

/**
 * `count` intervals after (or, negative, before) a time in epoch seconds, in UTC. Months keep the day of the anchor and end on the
 * last day of shorter months: always counted from the anchor, never from the last end, so 31 January leads to 28 February and 31 March.
 */
export function addIntervals(anchor: number, interval: string, count: number): number {
  if (interval === 'day') return anchor + count * day
  if (interval === 'week') return anchor + count * 7 * day
  return addMonths(anchor, interval === 'year' ? count * 12 : count)
}

/** The billing period that contains `time`; `anchor` is any of the moments where one period ends and the next begins. */
export function periodAt(anchor: number, { interval, interval_count }: Recurrence, time: number): Period {
  const boundary = (index: number) => addIntervals(anchor, interval, index * interval_count)
  let index = Math.floor(approximateIntervals(anchor, interval, time) / interval_count)
  while (boundary(index) > time) index--
  while (boundary(index + 1) <= time) index++
  return { start: boundary(index), end: boundary(index + 1) }
}

export interface AnchorConfig {
  day_of_month: number
  month?: number | null | undefined
  hour?: number | null | undefined
  minute?: number | null | undefined
  second?: number | null | undefined
}

/** The first moment at or after `time` that fits; what is not given of the time of day comes from `time` itself. */
export function anchorOf(config: AnchorConfig, time: number): number {
  const at = new Date(time * 1000)
  const clock = [
    config.hour ?? at.getUTCHours(),
    config.minute ?? at.getUTCMinutes(),
    config.second ?? at.getUTCSeconds(),
  ] as const
  for (let ahead = 0; ahead <= 24; ahead++) {
    const month = at.getUTCMonth() + ahead
    if (config.month && (month % 12) + 1 !== config.month) continue
    const last = daysInMonth(at.getUTCFullYear(), month)
    const found = Date.UTC(at.getUTCFullYear(), month, Math.min(config.day_of_month, last), ...clock) / 1000
    if (found >= time) return found
  }
  throw new RangeError('no such day within two years')
}

/** Seconds of the longest period of this kind: what "two intervals ahead" is measured with. */
export const isShorter = (a: Recurrence, b: Recurrence): boolean => lengthOf(a) < lengthOf(b)

const daysOf: Record<string, number> = { day: 1, week: 7, month: 30, year: 365 }
const lengthOf = ({ interval, interval_count }: Recurrence): number => (daysOf[interval] ?? 30) * interval_count

function addMonths(anchor: number, months: number): number {
  const from = new Date(anchor * 1000)
  const month = from.getUTCMonth() + months
  const date = Math.min(from.getUTCDate(), daysInMonth(from.getUTCFullYear(), month))
  const timeOfDay = ((anchor % day) + day) % day
  return Date.UTC(from.getUTCFullYear(), month, date) / 1000 + timeOfDay
}

/** Months count on beyond 11 and below 0. */
const daysInMonth = (year: number, month: number): number => new Date(Date.UTC(year, month + 1, 0)).getUTCDate()

function approximateIntervals(anchor: number, interval: string, time: number): number {
  if (interval === 'day') return Math.floor((time - anchor) / day)
  if (interval === 'week') return Math.floor((time - anchor) / (7 * day))
  const a = new Date(anchor * 1000)
  const b = new Date(time * 1000)
  const months = (b.getUTCFullYear() - a.getUTCFullYear()) * 12 + b.getUTCMonth() - a.getUTCMonth()
  return interval === 'year' ? Math.floor(months / 12) : months
}
