import { checkIntervals } from '../billing/interval-count.ts'
import { addIntervals } from '../billing/period.ts'
import type { Context } from '../define.ts'
import { pendingItems } from '../invoicing/items.ts'
import type { Given } from '../wire.ts'
import { billSubscription } from './billing.ts'
import { changeSubscription, type Subscription } from './record.ts'
import { setTimers } from './timers.ts'

/** How often pending items are billed between renewals, and when next; null for with the renewals only. */
export function readPendingInterval(
  ctx: Context,
  given: { interval: string; interval_count?: number | undefined } | null | undefined,
): Given<Pick<Subscription, 'next_pending_invoice_item_invoice' | 'pending_invoice_item_interval'>> {
  if (!given) return { next_pending_invoice_item_invoice: null, pending_invoice_item_interval: null }
  const { interval, interval_count = 1 } = given
  checkIntervals(interval, interval_count, 'pending_invoice_item_interval[interval_count]')
  return {
    next_pending_invoice_item_invoice: addIntervals(ctx.now, interval, interval_count),
    pending_invoice_item_interval: { interval, interval_count },
  }
}

/** Bills what waits, if anything does, and sets the next time. Rule: docs.stripe.com/billing/invoices/subscription. */
export function billPending(ctx: Context, subscription: Subscription): void {
  const { currency, customer, id, pending_invoice_item_interval: rhythm } = subscription
  if (!rhythm) return
  const start = subscription.next_pending_invoice_item_invoice ?? ctx.now
  if (pendingItems(ctx, customer, currency, id).length > 0)
    billSubscription(ctx, subscription, {
      autoAdvance: true,
      lines: [],
      period: { start: addIntervals(start, rhythm.interval, -rhythm.interval_count), end: ctx.now },
      reason: 'automatic_pending_invoice_item_invoice',
    })
  const { discounts, latest_invoice } = ctx.tables.subscription.need(id)
  const next_pending_invoice_item_invoice = addIntervals(start, rhythm.interval, rhythm.interval_count)
  const fields = { discounts, latest_invoice, next_pending_invoice_item_invoice }
  setTimers(ctx, changeSubscription(ctx, subscription, fields))
}
