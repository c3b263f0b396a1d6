import { formatDecimal, parseDecimal, roundScaled } from '../billing/decimal.ts'
import { type PricePart, pricePartsOf } from '../billing/pricing.ts'
import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { makePrice, type PriceInput } from '../payment/price.ts'
import { termsIn } from '../subscription/item.ts'
import type { Given, Stored } from '../wire.ts'
import type { InvoiceItem } from './items.ts'

/** How parameters say what an item or a line costs. */
export interface AmountInput {
  amount?: number | undefined
  currency?: string | undefined
  description?: string | null | undefined
  price?: string | undefined
  price_data?: unknown
  pricing?: { price?: string | undefined } | undefined
  quantity?: number | undefined
  quantity_decimal?: string | undefined
  unit_amount?: number | undefined
  unit_amount_decimal?: string | undefined
}

export type Amounts = Pick<
  Given<InvoiceItem>,
  'amount' | 'currency' | 'description' | 'pricing' | 'quantity' | 'quantity_decimal'
>

/** The amount of an item: given, or a price or unit amount times a quantity. Undefined where the parameters say nothing about it. */
export function readAmounts(ctx: Context, input: AmountInput, currency: string): Amounts | undefined {
  const quantity = input.quantity_decimal ?? String(input.quantity ?? 1)
  const shown = { quantity: Math.trunc(Number(quantity)), quantity_decimal: formatDecimal(parseDecimal(quantity)) }
  const price = priceOf(ctx, input)
  if (price) return { ...shown, ...priced(ctx, price, quantity, input, currency) }
  const unit = input.unit_amount_decimal ?? input.unit_amount
  if (unit !== undefined) {
    const amount = roundScaled((parseDecimal(unit) * parseDecimal(quantity)) / parseDecimal(1))
    return { ...shown, amount, currency, description: input.description ?? null, pricing: unitPricing(String(unit)) }
  }
  if (input.amount === undefined) return undefined
  if (input.quantity !== undefined)
    throw stripeError(400, 'parameters_exclusive', 'You may only specify one of these parameters: amount, quantity.')
  return {
    ...shown,
    amount: input.amount,
    currency: input.currency?.toLowerCase() ?? currency,
    description: input.description ?? null,
    pricing: unitPricing(String(input.amount)),
  }
}

const unitPricing = (unit_amount_decimal: string): Amounts['pricing'] => ({
  type: 'price_details',
  unit_amount_decimal,
})

function priceOf(ctx: Context, input: AmountInput): Stored<'price'> | undefined {
  if (input.price_data) return makePrice(ctx, input.price_data as PriceInput)
  const id = input.pricing?.price ?? input.price
  if (id === undefined) return undefined
  const price = ctx.tables.price.need(id, 'price')
  if (price.recurring)
    throw stripeError(
      400,
      undefined,
      'The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.',
      'price',
    )
  return price
}

function priced(
  ctx: Context,
  price: Stored<'price'>,
  quantity: string,
  { description }: AmountInput,
  currency: string,
): Amounts {
  const terms = termsIn(price, currency)
  const parts: PricePart[] = pricePartsOf(terms, quantity)
  return {
    amount: parts.reduce((sum, part) => sum + part.amount, 0),
    currency: terms === price ? price.currency : currency,
    description: description ?? ctx.tables.product.get(price.product)?.name ?? null,
    pricing: {
      price_details: { price: price.id, product: price.product },
      type: 'price_details',
      unit_amount_decimal: parts[0]?.unit_amount_decimal ?? null,
    },
  }
}
