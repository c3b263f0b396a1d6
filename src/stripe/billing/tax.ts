import { divideRounded, parseDecimal } from './decimal.ts'

export interface TaxTerms {
  /** Id of the tax rate. */
  id: string
  inclusive: boolean
  /** 12.5 means 12.5 %. */
  percentage: number
}

export interface LineTax {
  tax_rate: string
  inclusive: boolean
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
  const inclusive = rates
    .filter((rate) => rate.inclusive)
    .map(({ id, percentage }) => ({
      tax_rate: id,
      inclusive: true,
      amount: Number(divideRounded(BigInt(amount) * parseDecimal(percentage), whole)),
    }))
  const net = amount - inclusive.reduce((sum, tax) => sum + tax.amount, 0)
  return rates.map((rate) => {
    const included = inclusive.find((each) => each.tax_rate === rate.id)
    if (rate.inclusive && included) return { ...included, taxable_amount: net }
    const tax = Number(divideRounded(BigInt(net) * parseDecimal(rate.percentage), hundred))
    return { tax_rate: rate.id, inclusive: false, amount: tax, taxable_amount: net }
  })
}
