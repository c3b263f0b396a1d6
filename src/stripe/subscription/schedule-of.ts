import { type AnchorConfig, addIntervals, anchorOf, type Period, periodAt } from '../billing/period.ts'
import { stripeError } from '../error.ts'
import type { Price } from './record.ts'

export interface TimingInput {
  backdate_start_date?: number | undefined
  billing_cycle_anchor?: number | undefined
  billing_cycle_anchor_config?: AnchorConfig | undefined
  trial_end?: number | 'now' | string | undefined
  trial_from_plan?: boolean | undefined
  trial_period_days?: number | undefined
}

export interface Timing {
  start: number
  trialEnd: number | null
  anchor: number
}

const day = 86_400
const longestTrial = 730 * day

/** When a new subscription starts, whether it begins with a trial, and what its periods are counted from. `now` is in epoch seconds. */
export function readTiming(input: TimingInput, prices: readonly Price[], now: number): Timing {
  const start = input.backdate_start_date ?? now
  if (start > now)
    throw stripeError(400, undefined, '`backdate_start_date` must be in the past.', 'backdate_start_date')
  const trialEnd = readTrialEnd(input, prices, now)
  const anchor = readAnchor(input, now)
  if (anchor !== undefined && anchor < now)
    throw stripeError(
      400,
      undefined,
      '`billing_cycle_anchor` must be a timestamp in the future.',
      'billing_cycle_anchor',
    )
  for (const price of prices) if (anchor !== undefined) needNear(anchor, price, trialEnd ?? now)
  return { start, trialEnd, anchor: anchor ?? trialEnd ?? now }
}

function readTrialEnd(input: TimingInput, prices: readonly Price[], now: number): number | null {
  const { trial_end, trial_period_days } = input
  if (trial_end !== undefined && trial_period_days !== undefined)
    throw stripeError(
      400,
      'parameters_exclusive',
      'You may only specify one of these parameters: trial_end, trial_period_days.',
    )
  if (trial_end === 'now') return null
  const days = trial_period_days ?? (input.trial_from_plan ? prices[0]?.recurring?.trial_period_days : undefined)
  const end = typeof trial_end === 'number' ? trial_end : days ? now + days * day : null
  if (trial_period_days !== undefined && trial_period_days < 1)
    throw stripeError(
      400,
      'parameter_invalid_integer',
      'The minimum number of trial period days is 1.',
      'trial_period_days',
    )
  if (end === null) return null
  needFutureTrial(end, now, trial_end === undefined ? 'trial_period_days' : 'trial_end')
  return end
}

export function needFutureTrial(end: number, now: number, param: string): void {
  if (end <= now)
    throw stripeError(400, undefined, 'Invalid timestamp: must be an integer Unix timestamp in the future.', param)
  if (end > now + longestTrial)
    throw stripeError(400, undefined, 'Invalid timestamp: can be no more than two years in the future.', param)
}

const readAnchor = (input: TimingInput, now: number): number | undefined =>
  input.billing_cycle_anchor_config ? anchorOf(input.billing_cycle_anchor_config, now) : input.billing_cycle_anchor

/** The first period can be shorter than an interval, never longer. */
function needNear(anchor: number, price: Price, from: number): void {
  const { interval, interval_count } = price.recurring!
  const natural = addIntervals(from, interval, interval_count)
  if (anchor <= natural) return
  throw stripeError(
    400,
    undefined,
    `billing_cycle_anchor cannot be later than next natural billing date (${natural}) for plan`,
    'billing_cycle_anchor',
  )
}

/** The period of a price that `now` is in, cut off at its left end where it begins before `now`; `whole` is what its price is for. */
export function currentPeriod(anchor: number, price: Price, now: number): { period: Period; whole: Period } {
  const whole = periodAt(anchor, price.recurring!, now)
  if (whole.start === now) return { period: whole, whole }
  return { period: { start: now, end: whole.end }, whole }
}
