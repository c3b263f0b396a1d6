import type { Context } from '../define.ts'
import type { Given, Stored } from '../wire.ts'
import { idsOf } from './discount.ts'
import type { LineSpec } from './line.ts'
import { rateIds } from './tax.ts'

export type InvoiceItem = Stored<'invoiceitem'>

const pendingKey = (customer: string) => `pending items of ${customer}`

/** Ids of a customer's items that no invoice has yet, oldest first. Kept apart so that renewals need not look through all there ever were. */
const pendingIds = (ctx: Context, customer: string): readonly string[] =>
  (ctx.account.memory.get(pendingKey(customer)) as readonly string[] | undefined) ?? []

const keepPending = (ctx: Context, customer: string, ids: readonly string[]): void =>
  void ctx.account.memory.set(pendingKey(customer), ids)

/** Stores an item that waits for the next invoice and emits `invoiceitem.created`. */
export function addPendingItem(ctx: Context, fields: Given<InvoiceItem> & { customer: string }): InvoiceItem {
  const item = ctx.tables.invoiceitem.create({ date: ctx.now, ...fields })
  markPending(ctx, item)
  ctx.emit('invoiceitem.created', item)
  return item
}

export function markPending(ctx: Context, { customer, id }: InvoiceItem): void {
  keepPending(ctx, customer, [...pendingIds(ctx, customer).filter((each) => each !== id), id])
}

export function unmarkPending(ctx: Context, { customer, id }: InvoiceItem): void {
  keepPending(
    ctx,
    customer,
    pendingIds(ctx, customer).filter((each) => each !== id),
  )
}

/** The items that an invoice in this currency takes up: those of the subscription, and those of none. */
export const pendingItems = (ctx: Context, customer: string, currency: string, subscription?: string): InvoiceItem[] =>
  pendingIds(ctx, customer)
    .map((id) => ctx.tables.invoiceitem.get(id))
    .filter((item) => item !== undefined)
    .filter((item) => {
      const owner = item.parent?.subscription_details?.subscription
      return item.currency === currency && (owner === undefined || owner === subscription)
    })

/** The line that an item becomes. */
export function specOfItem(item: InvoiceItem): LineSpec {
  const details = item.parent?.subscription_details
  const credited = item.proration_details?.credited_items?.invoice_line_item_details
  const proration_details = { credited_items: credited ?? null }
  const shared = { invoice_item: item.id, proration: item.proration, subscription: details?.subscription ?? null }
  return {
    amount: item.amount,
    currency: item.currency,
    description: item.description,
    discountable: item.discountable,
    discounts: idsOf(item.discounts),
    metadata: item.metadata ?? {},
    parent: details?.subscription_item
      ? {
          invoice_item_details: null,
          subscription_item_details: {
            ...shared,
            proration_details,
            subscription_item: details.subscription_item,
          },
          type: 'subscription_item_details',
        }
      : {
          invoice_item_details: { ...shared, proration_details },
          subscription_item_details: null,
          type: 'invoice_item_details',
        },
    period: item.period,
    price: item.pricing?.price_details?.price ?? null,
    product: item.pricing?.price_details?.product,
    quantity: item.quantity,
    subscription: details?.subscription ?? null,
    taxRates: item.tax_rates?.length ? rateIds(item.tax_rates) : undefined,
    unit_amount_decimal: item.pricing?.unit_amount_decimal ?? null,
  }
}

/** Items belong to an invoice from now on. */
export function attachItems(ctx: Context, items: readonly InvoiceItem[], invoice: string): void {
  for (const item of items) {
    ctx.tables.invoiceitem.patch(item.id, { invoice })
    unmarkPending(ctx, item)
  }
}
