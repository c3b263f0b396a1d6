import type { Period } from '../billing/period.ts'
import { type LineTotals, type TotalLine, totalsOf } from '../billing/totals.ts'
import type { Context } from '../define.ts'
import { type AutomaticTax, automaticTerms } from '../tax/automatic.ts'
import type { Given, Stored } from '../wire.ts'
import { type AppliedCredit, creditsOf } from './billing-credit.ts'
import { idsOf, termsOf } from './discount.ts'
import { termsOfRates } from './tax.ts'

export type Line = Stored<'line_item'>

/** A line before the invoice's discounts and taxes are known. */
export interface LineSpec {
  /** Given to the lines of invoice items that are edited in place. */
  id?: string
  amount: number
  currency: string
  /** Billing credits that were applied to it. */
  credits?: readonly AppliedCredit[]
  description: string | null
  discountable: boolean
  /** Discounts of this line alone. */
  discounts: string[]
  metadata: Record<string, string>
  parent: Given<Line>['parent']
  period: Period
  price?: string | null
  product?: string | undefined
  quantity: number | null
  subscription: string | null
  /** Of this line alone; without them the invoice's default rates apply. */
  taxRates?: string[] | undefined
  unit_amount_decimal: string | null
}

export interface LineRules {
  currency: string
  /** Discounts of the whole invoice. */
  discounts: readonly string[]
  defaultTaxRates: readonly string[]
  taxExempt: string | null
  /** Replaces all rates. */
  automatic?: AutomaticTax | undefined
}

/** The totals of lines under the invoice's discounts and taxes. */
export const totalsOfSpecs = (ctx: Context, specs: readonly LineSpec[], rules: LineRules) =>
  totalsOf(
    specs.map((spec) => totalLine(ctx, spec, rules)),
    termsOf(ctx, rules.discounts, rules.currency),
  )

const totalLine = (ctx: Context, spec: LineSpec, rules: LineRules): TotalLine => ({
  amount: spec.amount,
  credit: (spec.credits ?? []).reduce((sum, { amount }) => sum + amount, 0),
  discountable: spec.discountable,
  discounts: termsOf(ctx, spec.discounts, rules.currency),
  product: spec.product,
  taxes: rules.automatic
    ? automaticTerms(ctx, rules.automatic, spec)
    : termsOfRates(ctx, spec.taxRates ?? rules.defaultTaxRates, rules.taxExempt),
})

/** The stored form of a line. */
export function lineFields(spec: LineSpec, totals: LineTotals, invoice: string | null): Given<Line> {
  return {
    ...(spec.id !== undefined && { id: spec.id }),
    amount: spec.amount,
    currency: spec.currency,
    description: spec.description,
    discount_amounts: totals.discounts,
    discountable: spec.discountable,
    discounts: spec.discounts,
    invoice,
    metadata: spec.metadata,
    parent: spec.parent,
    period: spec.period,
    pretax_credit_amounts: [
      ...totals.discounts.map(({ amount, discount }) => ({ amount, discount, type: 'discount' as const })),
      ...(spec.credits ?? []).map((credit) => ({ ...credit, type: 'credit_balance_transaction' as const })),
    ],
    pricing: pricingOf(spec),
    quantity: spec.quantity,
    quantity_decimal: spec.quantity === null ? null : String(spec.quantity),
    subscription: spec.subscription,
    subtotal: spec.amount,
    taxes: totals.taxes.map(taxFields),
  }
}

export const taxFields = (tax: LineTotals['taxes'][number]): NonNullable<Given<Line>['taxes']>[number] => ({
  amount: tax.amount,
  tax_behavior: tax.inclusive ? 'inclusive' : 'exclusive',
  tax_rate_details: { tax_rate: tax.tax_rate },
  taxability_reason: tax.reason,
  taxable_amount: tax.taxable_amount,
  type: 'tax_rate_details',
})

const pricingOf = ({ price, product, unit_amount_decimal }: LineSpec): Given<Line>['pricing'] =>
  price
    ? { price_details: { price, product: product ?? '' }, type: 'price_details', unit_amount_decimal }
    : unit_amount_decimal === null
      ? null
      : { type: 'price_details', unit_amount_decimal }

const ratesKey = (line: string) => `tax rates of ${line}`

/** Remembers the rates that a line has of its own: the line itself only shows what came out. */
export const rememberRates = (ctx: Context, line: string, rates: string[] | undefined): void => {
  if (rates) ctx.account.memory.set(ratesKey(line), rates)
}

/** A stored line as it was before discounts and taxes. */
export const specOf = (ctx: Context, line: Line): LineSpec => ({
  id: line.id,
  amount: line.amount,
  credits: creditsOf(ctx, line.id),
  currency: line.currency,
  description: line.description,
  discountable: line.discountable,
  discounts: idsOf(line.discounts),
  metadata: line.metadata,
  parent: line.parent,
  period: line.period,
  price: line.pricing?.price_details?.price ?? null,
  product: line.pricing?.price_details?.product,
  quantity: line.quantity,
  subscription: line.subscription,
  taxRates: ctx.account.memory.get(ratesKey(line.id)) as string[] | undefined,
  unit_amount_decimal: line.pricing?.unit_amount_decimal ?? null,
})

/** An invoice's lines in the order they are shown: those added last come first, as its list has them. */
export const linesOf = (ctx: Context, invoice: string): Line[] => ctx.tables.line_item.by('invoice', invoice)
