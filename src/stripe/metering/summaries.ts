import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { aggregate, type Meter, usagesOf } from './usage.ts'

export interface SummaryQuery {
  customer: string
  /** Not included. */
  end_time: number
  limit?: number
  start_time: number
  value_grouping_window?: 'day' | 'hour'
}

const windows = { hour: 3600, day: 86_400 }

/** What a customer used in a stretch of time, whole or by hour or day; newest first, windows without usage left out. */
export function summarize(ctx: Context, meter: Meter, query: SummaryQuery): object {
  const { customer, end_time, start_time, value_grouping_window: window } = query
  checkBounds(query)
  const size = window ? windows[window] : end_time - start_time
  const all = usagesOf(ctx, meter.id, customer).filter(
    ({ timestamp }) => timestamp >= start_time && timestamp < end_time,
  )
  const starts = window ? [...new Set(all.map(({ timestamp }) => timestamp - (timestamp % size)))] : [start_time]
  const limit = query.limit ?? 10
  const rows = starts
    .sort((a, b) => b - a)
    .map((start) => {
      const within = window ? all.filter(({ timestamp }) => timestamp >= start && timestamp < start + size) : all
      return {
        id: `mtrusg_test_${meter.id.slice(-8)}${customer.slice(-8)}${start}`,
        object: 'billing.meter_event_summary',
        aggregated_value: Number(aggregate(meter.default_aggregation.formula, within)),
        end_time: start + size,
        livemode: false,
        meter: meter.id,
        start_time: start,
      }
    })
  return {
    object: 'list',
    data: rows.slice(0, limit),
    has_more: rows.length > limit,
    url: `/v1/billing/meters/${meter.id}/event_summaries`,
  }
}

function checkBounds({ end_time, start_time, value_grouping_window: window }: SummaryQuery): void {
  const size = window ? windows[window] : 60
  const words = window === 'day' ? 'UTC day' : (window ?? 'minute')
  for (const [name, time] of Object.entries({ start_time, end_time })) {
    if (time % size === 0) continue
    throw stripeError(400, undefined, `\`${name}\` must be aligned with ${words} boundaries.`, name)
  }
  if (end_time <= start_time)
    throw stripeError(400, undefined, '`end_time` must be greater than `start_time`.', 'end_time')
}
