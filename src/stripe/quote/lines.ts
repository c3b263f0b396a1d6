import { pricePartsOf } from '../billing/pricing.ts'
import { totalsOf } from '../billing/totals.ts'
import type { Context } from '../define.ts'
import { termsOf } from '../invoicing/discount.ts'
import { termsOfRates } from '../invoicing/tax.ts'
import { makePrice, type PriceInput } from '../payment/price.ts'
import { termsIn } from '../subscription/item.ts'
import { type AutomaticTax, automaticTerms } from '../tax/automatic.ts'
import type { CreateParamsOf, Given, Stored } from '../wire.ts'

export type Quote = Stored<'quote'>
export type QuoteLine = Stored<'item'>
export type QuoteParams = CreateParamsOf<'quote'>

interface LineInput {
  price?: string | undefined
  price_data?: unknown
  quantity?: number | undefined
  tax_rates?: readonly string[] | null | undefined
}

const key = (quote: string) => `lines of ${quote}`

export const quoteLines = (ctx: Context, quote: string): readonly QuoteLine[] =>
  (ctx.account.memory.get(key(quote)) as readonly QuoteLine[] | undefined) ?? []

export interface QuoteRules {
  automatic?: AutomaticTax | undefined
  discounts: readonly string[]
  defaultTaxRates: readonly string[]
}

/** Stores what is quoted, each line with its amounts. */
export function keepLines(
  ctx: Context,
  quote: string,
  inputs: readonly unknown[],
  rules: QuoteRules,
): readonly QuoteLine[] {
  const read = (inputs as LineInput[]).map((input, index) => {
    const price = input.price_data
      ? makePrice(ctx, input.price_data as PriceInput)
      : ctx.tables.price.need(input.price, `line_items[${index}][price]`)
    return { price, quantity: input.quantity ?? 1, rates: input.tax_rates ?? rules.defaultTaxRates }
  })
  const amounts = read.map(({ price, quantity }) =>
    pricePartsOf(termsIn(price, price.currency), quantity).reduce((sum, part) => sum + part.amount, 0),
  )
  const totals = totalsOf(
    read.map(({ price, rates }, index) => ({
      amount: amounts[index]!,
      discountable: true,
      discounts: [],
      product: price.product,
      taxes: rules.automatic
        ? automaticTerms(ctx, rules.automatic, { price: price.id, product: price.product })
        : termsOfRates(ctx, rates, null),
    })),
    termsOf(ctx, rules.discounts, read[0]?.price.currency ?? 'usd'),
  )
  const lines = read.map(({ price, quantity }, index) => {
    const { discounts, taxes } = totals.lines[index]!
    const amount_discount = discounts.reduce((sum, { amount }) => sum + amount, 0)
    const amount_tax = taxes.reduce((sum, { amount }) => sum + amount, 0)
    const exclusive = taxes.filter(({ inclusive }) => !inclusive).reduce((sum, { amount }) => sum + amount, 0)
    const line = ctx.tables.item.create({
      amount_discount,
      amount_subtotal: amounts[index]!,
      amount_tax,
      amount_total: amounts[index]! - amount_discount + exclusive,
      currency: price.currency,
      description: ctx.tables.product.get(price.product)?.name ?? null,
      price,
      quantity,
    })
    ctx.tables.item.remove(line.id)
    return line
  })
  ctx.account.memory.set(key(quote), lines)
  return lines
}

const sumUp = (lines: readonly QuoteLine[]) => {
  const sum = (of: (line: QuoteLine) => number): number => lines.reduce((total, line) => total + of(line), 0)
  return {
    amount_subtotal: sum((line) => line.amount_subtotal),
    amount_total: sum((line) => line.amount_total),
    total_details: {
      amount_discount: sum((line) => line.amount_discount),
      amount_shipping: 0,
      amount_tax: sum((line) => line.amount_tax),
    },
  }
}

/** The amounts of a quote: now, and per period. */
export function amountsOf(lines: readonly QuoteLine[]): Given<Quote> {
  const recurring = lines.filter(({ price }) => price?.recurring)
  const rhythm = recurring[0]?.price?.recurring
  const all = sumUp(lines)
  return {
    amount_subtotal: all.amount_subtotal,
    amount_total: all.amount_total,
    computed: {
      recurring: rhythm
        ? { ...sumUp(recurring), interval: rhythm.interval, interval_count: rhythm.interval_count }
        : null,
      upfront: all,
    },
    currency: lines[0]?.currency ?? null,
    total_details: all.total_details,
  }
}

/** Lines as a list of the API. */
export const listOf = (lines: readonly QuoteLine[], url: string): object => ({
  object: 'list',
  data: lines,
  has_more: false,
  url,
})
