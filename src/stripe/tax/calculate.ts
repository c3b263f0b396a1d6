import type { Context } from '../define.ts'
import type { Given, Stored } from '../wire.ts'
import type { Place } from './location.ts'
import { isInUnion, type Rate, rateOf, taxOf } from './rates.ts'

export type Calculation = Stored<'tax.calculation'>
type LineItem = Stored<'tax.calculation_line_item'>

export interface LineInput {
  amount: number
  metadata?: Record<string, string> | null | undefined
  product?: string | undefined
  quantity?: number | undefined
  reference?: string | undefined
  tax_behavior?: string | undefined
  tax_code?: string | undefined
}

/** What is taxed where, or why not: docs.stripe.com/tax/custom#taxability-reasons. */
export interface Verdict {
  rate?: Rate
  reason:
    | 'customer_exempt'
    | 'not_collecting'
    | 'not_supported'
    | 'product_exempt'
    | 'reverse_charge'
    | 'standard_rated'
}

/** The tax code of what is never taxed. */
export const nontaxable = 'txcd_00000000'

/** Tax is collected where the account is registered, from customers who are not exempt. */
export function judge(ctx: Context, place: Place, override: string): Verdict {
  if (override === 'customer_exempt') return { reason: 'customer_exempt' }
  if (override === 'reverse_charge') return { reason: 'reverse_charge' }
  const rate = rateOf(place.country, place.state)
  if (!rate) return { reason: 'not_supported' }
  return isRegistered(ctx, place) ? { rate, reason: 'standard_rated' } : { reason: 'not_collecting' }
}

function isRegistered(ctx: Context, { country, state }: Place): boolean {
  for (const { active_from, country: where, country_options, expires_at } of ctx.tables['tax.registration'].all()) {
    if (active_from > ctx.now || (expires_at !== null && expires_at <= ctx.now)) continue
    const options = country_options as Record<string, { state?: string; type: string } | undefined>
    if (options[where.toLowerCase()]?.type.startsWith('oss_') && isInUnion(country)) return true
    if (where === country && (country !== 'US' || options.us?.state === state)) return true
  }
  return false
}

/** Taxes one line. */
export function taxLine(ctx: Context, input: LineInput, index: number, place: Place, found: Verdict): LineItem {
  const tax_code = input.tax_code ?? 'txcd_10000000'
  const verdict: Verdict = tax_code === nontaxable ? { reason: 'product_exempt' } : found
  const tax_behavior = input.tax_behavior === 'inclusive' ? 'inclusive' : 'exclusive'
  const amount_tax = verdict.rate ? taxOf(input.amount, verdict.rate, tax_behavior === 'inclusive') : 0
  return ctx.tables['tax.calculation_line_item'].create({
    amount: input.amount,
    amount_tax,
    metadata: input.metadata ?? null,
    product: input.product ?? null,
    quantity: input.quantity ?? 1,
    reference: input.reference ?? `L${index + 1}`,
    tax_behavior,
    tax_breakdown: [
      breakdownOf(verdict, place, input.amount, amount_tax, tax_behavior),
    ] as Given<LineItem>['tax_breakdown'],
    tax_code,
  })
}

/** What a tax is called. */
export const nameOf = (type: Rate['tax_type']): string => (type === 'sales_tax' ? 'Sales Tax' : type.toUpperCase())

const breakdownOf = (verdict: Verdict, place: Place, amount: number, tax: number, behavior: string) => ({
  amount: tax,
  jurisdiction: {
    country: place.country,
    display_name: place.country === 'US' ? (place.state ?? 'US') : place.country,
    level: place.country === 'US' ? 'state' : 'country',
    state: place.state,
  },
  sourcing: 'destination',
  tax_rate_details: verdict.rate
    ? {
        display_name: nameOf(verdict.rate.tax_type),
        percentage_decimal: verdict.rate.percentage_decimal,
        tax_type: verdict.rate.tax_type,
      }
    : null,
  taxability_reason: verdict.reason,
  taxable_amount: verdict.rate ? amount - (behavior === 'inclusive' ? tax : 0) : 0,
})

/** The sums of all lines and the shipping. */
export function totalsOf(
  items: readonly LineItem[],
  shipping: { amount: number; amount_tax: number; tax_behavior: string } | null,
) {
  const all = [...items, ...(shipping ? [shipping] : [])]
  const sum = (each: (line: { amount: number; amount_tax: number; tax_behavior: string }) => number) =>
    all.reduce((total, line) => total + each(line), 0)
  const tax_amount_exclusive = sum((line) => (line.tax_behavior === 'exclusive' ? line.amount_tax : 0))
  return {
    amount_total: sum(({ amount }) => amount) + tax_amount_exclusive,
    tax_amount_exclusive,
    tax_amount_inclusive: sum((line) => (line.tax_behavior === 'inclusive' ? line.amount_tax : 0)),
  }
}
