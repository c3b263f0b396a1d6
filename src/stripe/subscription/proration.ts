import { percentOf } from '../billing/decimal.ts'
import type { Period } from '../billing/period.ts'
import { priceAmount } from '../billing/pricing.ts'
import { remainderOf } from '../billing/proration.ts'
import type { Context } from '../define.ts'
import { idsOf, termsOf } from '../invoicing/discount.ts'
import { addPendingItem, type InvoiceItem } from '../invoicing/items.ts'
import { discountsFor } from './billing.ts'
import { describeProration } from './describe.ts'
import { isMetered, termsIn } from './item.ts'
import { addDebit, takeCredits } from './ledger.ts'
import type { Item, Price, Subscription } from './record.ts'

/** Credits what an item was billed for the time after `at`: one pending item per debit. A trial has nothing to give back. */
export function creditUnused(ctx: Context, subscription: Subscription, item: Item, at: number): InvoiceItem[] {
  if (isMetered(item.price)) return []
  return takeCredits(ctx, item.id, at).flatMap(({ amount, debit }) => {
    if (subscription.status === 'trialing' && amount === 0) return []
    return prorationItem(ctx, subscription, item, {
      amount,
      at,
      end: debit.end,
      what: 'Unused',
      credited: debit.invoice && debit.line ? { invoice: debit.invoice, line: debit.line } : undefined,
    })
  })
}

/** Bills an item's new price for the rest of its period. Percentages off the subscription are in the amount. */
export function debitRest(
  ctx: Context,
  subscription: Subscription,
  item: Item,
  period: Period,
  at: number,
): InvoiceItem[] {
  if (isMetered(item.price) || subscription.status === 'trialing') return []
  const full = priceAmount(termsIn(item.price, subscription.currency), item.quantity ?? 1)
  const amount = discounted(ctx, subscription, item.price, remainderOf(full, period, at))
  const created = prorationItem(ctx, subscription, item, { amount, at, end: period.end, what: 'Remaining' })
  addDebit(ctx, item.id, { start: at, end: period.end, amount, invoiceItem: created.id })
  return [created]
}

function discounted(ctx: Context, subscription: Subscription, price: Price, amount: number): number {
  const terms = termsOf(ctx, discountsFor(ctx, subscription), subscription.currency)
  return terms
    .filter(({ products }) => !products?.length || products.includes(price.product))
    .reduce((left, { percent_off }) => left - (percent_off ? percentOf(left, percent_off) : 0), amount)
}

interface Proration {
  amount: number
  at: number
  end: number
  what: 'Remaining' | 'Unused'
  credited?: { invoice: string; line: string } | undefined
}

function prorationItem(ctx: Context, subscription: Subscription, item: Item, proration: Proration): InvoiceItem {
  const { amount, at, end, what, credited } = proration
  const quantity = item.quantity ?? 1
  return addPendingItem(ctx, {
    amount,
    currency: subscription.currency,
    customer: subscription.customer,
    description: describeProration(ctx, what, item.price, quantity, at),
    discountable: false,
    discounts: idsOf([]),
    invoice: null,
    metadata: {},
    net_amount: amount,
    parent: {
      subscription_details: { subscription: subscription.id, subscription_item: item.id },
      type: 'subscription_details',
    },
    period: { start: at, end },
    pricing: {
      price_details: { price: item.price.id, product: item.price.product },
      type: 'price_details',
      unit_amount_decimal: item.price.unit_amount_decimal,
    },
    proration: true,
    proration_details: {
      credited_items: credited
        ? {
            invoice_line_item_details: { invoice: credited.invoice, invoice_line_items: [credited.line] },
            type: 'invoice_line_items',
          }
        : null,
      discount_amounts: [],
    },
    quantity,
    quantity_decimal: String(quantity),
    tax_rates: item.tax_rates ?? [],
    test_clock: subscription.test_clock,
  })
}
