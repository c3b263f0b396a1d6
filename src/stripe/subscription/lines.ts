import type { Period } from '../billing/period.ts'
import { pricePartsBetween, pricePartsOf } from '../billing/pricing.ts'
import { shareOf } from '../billing/proration.ts'
import type { Context } from '../define.ts'
import { idsOf } from '../invoicing/discount.ts'
import type { LineSpec } from '../invoicing/line.ts'
import { rateIds } from '../invoicing/tax.ts'
import { usageBetween } from '../metering/usage.ts'
import { billedUsage } from './billed-usage.ts'
import { describePart, productName } from './describe.ts'
import { isMetered, termsIn } from './item.ts'
import type { Item, Subscription } from './record.ts'

/** The lines of an item for a period that is billed in advance; none for metered items. `whole`: the period its full price is for. */
export function periodSpecs(
  ctx: Context,
  subscription: Subscription,
  item: Item,
  period: Period,
  whole = period,
): LineSpec[] {
  if (isMetered(item.price)) return []
  const parts = pricePartsOf(termsIn(item.price, subscription.currency), item.quantity ?? 1)
  return parts.map((part) => ({
    ...base(subscription, item, period),
    amount: whole === period ? part.amount : shareOf(part.amount, whole, period),
    description: describePart(ctx, item.price, part, subscription.currency),
    quantity: part.quantity,
    unit_amount_decimal: part.unit_amount_decimal,
  }))
}

/** The line of an item that costs nothing for now: a trial, or time before the billing anchor that is not prorated. */
export const freeSpec = (
  ctx: Context,
  subscription: Subscription,
  item: Item,
  period: Period,
  title: 'Trial period' | 'Free period',
): LineSpec => ({
  ...base(subscription, item, period),
  amount: 0,
  description: `${title} for ${productName(ctx, item.price)}`,
  quantity: item.quantity ?? 0,
  unit_amount_decimal: '0',
})

/** What a metered item used from `start` to `end`, as decimal text. */
export function usageOf(ctx: Context, { customer }: Subscription, { price }: Item, start: number, end: number): string {
  const meter = price.recurring?.meter
  return meter ? usageBetween(ctx, meter, customer, start, end) : '0'
}

/** The lines of what a metered item used in a period, without what a threshold has billed of it. `until`: where counting ends. */
export function usageSpecs(
  ctx: Context,
  subscription: Subscription,
  item: Item,
  period: Period,
  until = period.end,
): LineSpec[] {
  if (!isMetered(item.price)) return []
  const billed = billedUsage(ctx, item.id, period.start)
  const terms = termsIn(item.price, subscription.currency)
  // A threshold bills the second it is reached in: what ends in that second has been counted with it.
  const used = usageOf(ctx, subscription, item, period.start, Math.max(until, (billed?.at ?? 0) + 1))
  const parts = billed ? pricePartsBetween(terms, billed.used, used) : pricePartsOf(terms, used)
  return parts.map((part) => ({
    ...base(subscription, item, { start: billed?.at ?? period.start, end: period.end }),
    amount: part.amount,
    description: describePart(ctx, item.price, part, subscription.currency),
    quantity: part.quantity,
    unit_amount_decimal: part.unit_amount_decimal,
  }))
}

const base = (subscription: Subscription, item: Item, period: Period) => ({
  currency: subscription.currency,
  discountable: true,
  discounts: idsOf(item.discounts),
  metadata: { ...subscription.metadata, ...item.metadata },
  parent: {
    invoice_item_details: null,
    subscription_item_details: {
      invoice_item: null,
      proration: false,
      proration_details: { credited_items: null },
      subscription: subscription.id,
      subscription_item: item.id,
    },
    type: 'subscription_item_details' as const,
  },
  period,
  price: item.price.id,
  product: item.price.product,
  subscription: subscription.id,
  taxRates: item.tax_rates?.length ? rateIds(item.tax_rates) : undefined,
})
