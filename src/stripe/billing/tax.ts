import { divideRounded, parseDecimal } from './decimal.ts'

export interface TaxTerms {
  /** Id of the tax rate. */
  id: string
  inclusive: boolean
  /** 12.5 means 12.5 %. */
  percentage: number
  /** Why this much; absent for a rate that was given by hand. */
  reason?: TaxReason
  /** False where nothing of the amount is taxed; absent for true. */
  isTaxed?: boolean
}

/** Some of Stripe's taxability reasons. */
export type TaxReason =
  | 'customer_exempt'
  | 'not_available'
  | 'not_collecting'
  | 'not_supported'
  | 'product_exempt'
  | 'reverse_charge'
  | 'standard_rated'

export interface LineTax {
  tax_rate: string
  inclusive: boolean
  reason: TaxReason
  amount: number
  /** What the rate was applied to: without the inclusive taxes in it. */
  taxable_amount: number
}

const hundred = parseDecimal(100)

/**
 * The taxes of one line, rounded per line and rate, halves away from zero. Inclusive rates are taken out of the amount together, exclusive
 * ones come on top of what is left. Rules: docs.stripe.com/billing/taxes/tax-rates.
 */
export function taxLine(amount: number, rates: readonly TaxTerms[]): LineTax[] {
  const inclusiveSum = rates
    .filter(({ inclusive }) => inclusive)
    .reduce((sum, { percentage }) => sum + parseDecimal(percentage), 0n)
  const whole = hundred + inclusiveSum
  const inside = ({ percentage }: TaxTerms): number =>
    Number(divideRounded(BigInt(amount) * parseDecimal(percentage), whole))
  const net = amount - rates.reduce((sum, rate) => sum + (rate.inclusive ? inside(rate) : 0), 0)
  return rates.map((rate) => {
    const { id, inclusive, isTaxed = true, percentage, reason = 'not_available' } = rate
    const tax = inclusive ? inside(rate) : Number(divideRounded(BigInt(net) * parseDecimal(percentage), hundred))
    return { tax_rate: id, inclusive, reason, amount: tax, taxable_amount: isTaxed ? net : 0 }
  })
}
