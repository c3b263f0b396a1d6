import { fractionOf } from './decimal.ts'
import type { Period } from './period.ts'

/**
 * The part of a period's amount that belongs to the time from `at` to the end of the period, to the second; halves away from zero.
 * Before the period it is all of the amount, after it nothing. Rule: docs.stripe.com/billing/subscriptions/prorations.
 */
export function remainderOf(amount: number, period: Period, at: number): number {
  const left = Math.max(0, Math.min(period.end - at, period.end - period.start))
  return period.end > period.start ? fractionOf(amount, left, period.end - period.start) : 0
}

/** The part of an amount for `covered`, when a whole `period` costs `amount`: a first, shorter period up to the billing anchor. */
export const shareOf = (amount: number, period: Period, covered: Period): number =>
  period.end > period.start ? fractionOf(amount, covered.end - covered.start, period.end - period.start) : 0
