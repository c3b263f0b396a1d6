import { stripeError } from '../error.ts'

/** Stripe bills at most every three years: docs.stripe.com/api/prices/create. */
const most: Record<string, number> = { day: 1095, week: 156, month: 36, year: 3 }

/** A number of intervals that a period can have; without a bound below, periods would never end. */
export function checkIntervals(interval: string, count: number, param: string): number {
  const limit = most[interval] ?? 36
  if (count >= 1 && count <= limit) return count
  const bound = count < 1 ? 'greater than or equal to 1' : `less than or equal to ${limit}`
  throw stripeError(400, 'parameter_invalid_integer', `This value must be ${bound}.`, param)
}
