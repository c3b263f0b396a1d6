import { allocate } from './allocate.ts'
import { percentOf } from './decimal.ts'

/** What of a coupon decides an amount, already in the currency of the invoice. */
export interface DiscountTerms {
  /** Id of the discount. */
  id: string
  percent_off?: number | null | undefined
  /** In the smallest unit of the invoice's currency. */
  amount_off?: number | null | undefined
  /** Product ids; absent or empty for all. */
  products?: readonly string[] | undefined
}

export interface DiscountableLine {
  amount: number
  discountable: boolean
  product?: string | undefined
  /** Discounts of this line alone; they come before those of the whole invoice. */
  discounts: readonly DiscountTerms[]
}

export interface LineDiscount {
  discount: string
  amount: number
}

/**
 * What each line's discounts are. They stack in the order given, each on what the ones before it have left; a line never gets below zero.
 * An amount off the whole invoice is split over its lines in proportion; a percentage is rounded once over all lines, then split.
 * Rules: docs.stripe.com/billing/subscriptions/coupons.
 */
export function discountLines(
  lines: readonly DiscountableLine[],
  invoiceDiscounts: readonly DiscountTerms[],
): LineDiscount[][] {
  const found: LineDiscount[][] = lines.map(() => [])
  const left = lines.map((line) => (line.discountable ? Math.max(0, line.amount) : 0))
  for (const [index, line] of lines.entries()) {
    for (const terms of line.discounts) take(terms, [index])
  }
  for (const terms of invoiceDiscounts) take(terms, [...lines.keys()])
  return found

  function take(terms: DiscountTerms, candidates: readonly number[]): void {
    const chosen = candidates.filter((index) => left[index]! > 0 && appliesTo(terms, lines[index]!.product))
    const weights = chosen.map((index) => left[index]!)
    const whole = weights.reduce((sum, weight) => sum + weight, 0)
    const amount = Math.min(whole, terms.percent_off ? percentOf(whole, terms.percent_off) : (terms.amount_off ?? 0))
    for (const [position, share] of allocate(amount, weights).entries()) {
      const index = chosen[position]!
      left[index] = left[index]! - share
      found[index]!.push({ discount: terms.id, amount: share })
    }
  }
}

const appliesTo = ({ products }: DiscountTerms, product: string | undefined): boolean =>
  !products?.length || (product !== undefined && products.includes(product))
