import type { Period } from '../billing/period.ts'
import type { Context } from '../define.ts'
import { activeDiscounts, endDiscount, idsOf, isOnce } from '../invoicing/discount.ts'
import { createInvoice, type Invoice, type InvoiceDraft } from '../invoicing/draft.ts'
import { attachItems, type InvoiceItem, pendingItems, specOfItem } from '../invoicing/items.ts'
import { type LineSpec, linesOf } from '../invoicing/line.ts'
import { rateIds } from '../invoicing/tax.ts'
import type { Given } from '../wire.ts'
import { addDebit } from './ledger.ts'
import type { Subscription } from './record.ts'

export interface Bill {
  reason: Invoice['billing_reason']
  lines: readonly LineSpec[]
  autoAdvance: boolean
  period: Period
  prorationDate?: number | undefined
  fields?: Given<Invoice>
  /** Also what waits for the next invoice. */
  withPending?: boolean
}

/** The draft of an invoice of a subscription, with what waits for one. */
export function draftOf(
  ctx: Context,
  subscription: Subscription,
  bill: Bill,
): { draft: InvoiceDraft; items: InvoiceItem[] } {
  const { id, currency, customer, days_until_due } = subscription
  const items = bill.withPending === false ? [] : pendingItems(ctx, customer, currency, id)
  const draft: InvoiceDraft = {
    autoAdvance: bill.autoAdvance,
    automaticTax: subscription.automatic_tax.enabled,
    billing_reason: bill.reason,
    collection_method: subscription.collection_method,
    currency,
    customer,
    defaultTaxRates: rateIds(subscription.default_tax_rates),
    discounts: discountsFor(ctx, subscription),
    fields: {
      default_payment_method: subscription.default_payment_method,
      due_date: subscription.collection_method === 'send_invoice' ? ctx.now + (days_until_due ?? 30) * 86_400 : null,
      description: subscription.invoice_settings.description,
      footer: subscription.invoice_settings.footer,
      payment_settings: {
        default_mandate: null,
        payment_method_options: null,
        payment_method_types: subscription.payment_settings?.payment_method_types ?? null,
      },
      ...bill.fields,
    },
    lines: [...items.map(specOfItem), ...bill.lines],
    period: bill.period,
    subscription: {
      id,
      metadata: subscription.metadata,
      ...(bill.prorationDate !== undefined && { prorationDate: bill.prorationDate }),
    },
  }
  return { draft, items }
}

/** The subscription's own discounts, or else its customer's. */
export function discountsFor(ctx: Context, subscription: Subscription): string[] {
  const own = activeDiscounts(ctx, idsOf(subscription.discounts), ctx.now)
  if (own.length > 0) return own
  const discount = (ctx.tables.customer.get(subscription.customer) as { discount?: { id: string } | null } | undefined)
    ?.discount
  return discount ? activeDiscounts(ctx, [discount.id], ctx.now) : []
}

/**
 * Stores an invoice of a subscription: it becomes the latest one, its items' billed time is remembered, and discounts that are good for
 * one invoice are gone. No event of the subscription; whoever calls changes more of it.
 */
export function billSubscription(ctx: Context, subscription: Subscription, bill: Bill): Invoice {
  const { draft, items } = draftOf(ctx, subscription, bill)
  const invoice = createInvoice(ctx, draft)
  attachItems(ctx, items, invoice.id)
  for (const line of linesOf(ctx, invoice.id)) {
    const details = line.parent?.subscription_item_details
    if (!details || details.proration || bill.reason === 'upcoming') continue
    const off = (line.discount_amounts ?? []).reduce((sum, { amount }) => sum + amount, 0)
    const { start, end } = line.period
    if (end > ctx.now)
      addDebit(ctx, details.subscription_item, {
        start,
        end,
        amount: line.amount - off,
        invoice: invoice.id,
        line: line.id,
      })
  }
  const used = invoice.total_discount_amounts?.filter(({ amount }) => amount > 0).map(({ discount }) => discount) ?? []
  const spent = used.filter((discount) => isOnce(ctx, discount as string)) as string[]
  ctx.tables.subscription.patch(subscription.id, {
    latest_invoice: invoice.id,
    ...(spent.length > 0 && { discounts: idsOf(subscription.discounts).filter((each) => !spent.includes(each)) }),
  })
  for (const discount of spent) endDiscount(ctx, discount)
  return invoice
}
