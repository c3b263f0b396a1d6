import { pricePartsOf } from '../billing/pricing.ts'
import type { Context } from '../define.ts'
import { type DiscountInput, makeDiscounts } from '../invoicing/discount.ts'
import type { LineSpec } from '../invoicing/line.ts'
import { makePrice, type PriceInput } from '../payment/price.ts'
import { describePart } from './describe.ts'
import { termsIn } from './item.ts'
import type { Subscription } from './record.ts'

interface Addition {
  discountable?: boolean | undefined
  discounts?: readonly DiscountInput[] | undefined
  metadata?: Record<string, string> | undefined
  price?: string | undefined
  price_data?: unknown
  quantity?: number | undefined
  tax_rates?: readonly string[] | null | undefined
}

/** The lines of `add_invoice_items`: one-time prices that come along with the next invoice. */
export const addInvoiceItems = (ctx: Context, subscription: Subscription, given: unknown): LineSpec[] =>
  ((given ?? []) as Addition[]).flatMap((addition, index) => linesOf(ctx, subscription, addition, index))

function linesOf(ctx: Context, subscription: Subscription, addition: Addition, index: number): LineSpec[] {
  const param = `add_invoice_items[${index}]`
  const price = addition.price_data
    ? makePrice(ctx, addition.price_data as PriceInput)
    : ctx.tables.price.need(addition.price, `${param}[price]`)
  const discounts = makeDiscounts(ctx, addition.discounts, { customer: subscription.customer }, `${param}[discounts]`)
  return pricePartsOf(termsIn(price, subscription.currency), addition.quantity ?? 1).map((part) => ({
    amount: part.amount,
    currency: subscription.currency,
    description: describePart(ctx, price, part, subscription.currency),
    discountable: addition.discountable ?? true,
    discounts,
    metadata: addition.metadata ?? {},
    parent: {
      invoice_item_details: {
        invoice_item: ctx.newId('invoiceitem'),
        proration: false,
        proration_details: { credited_items: null },
        subscription: subscription.id,
      },
      subscription_item_details: null,
      type: 'invoice_item_details' as const,
    },
    period: { start: ctx.now, end: ctx.now },
    price: price.id,
    product: price.product,
    quantity: part.quantity,
    subscription: subscription.id,
    taxRates: addition.tax_rates ? [...addition.tax_rates] : undefined,
    unit_amount_decimal: part.unit_amount_decimal,
  }))
}
