import type { Context } from '../define.ts'
import { collectFinal } from '../invoicing/advance.ts'
import { finalizeInvoice } from '../invoicing/finalize.ts'
import { pendingItems, unmarkPending } from '../invoicing/items.ts'
import type { Given } from '../wire.ts'
import { billSubscription } from './billing.ts'
import { usageSpecs } from './lines.ts'
import { creditUnused } from './proration.ts'
import { changeSubscription, isEnded, itemsOf, type Subscription } from './record.ts'
import { clearTimers } from './timers.ts'

export interface CancelOrder {
  invoiceNow: boolean
  prorate: boolean
  /** What waits for an invoice is billed (or kept), never dropped. */
  atPeriodEnd?: boolean
  details?: Given<Subscription['cancellation_details']> | undefined
}

/** Cancels a subscription at once: credits, a last invoice, then its end. */
export function cancelSubscription(ctx: Context, subscription: Subscription, order: CancelOrder): Subscription {
  if (order.prorate) for (const item of itemsOf(ctx, subscription.id)) creditUnused(ctx, subscription, item, ctx.now)
  if (order.invoiceNow) billLast(ctx, subscription)
  else if (!order.prorate && !order.atPeriodEnd) dropPending(ctx, subscription)
  const current = ctx.tables.subscription.need(subscription.id)
  return endSubscription(ctx, current, 'cancellation_requested', order.details)
}

/** The last invoice: usage so far and what was pending. None where there is nothing to bill. */
function billLast(ctx: Context, subscription: Subscription): void {
  const usage = itemsOf(ctx, subscription.id).flatMap((item) =>
    usageSpecs(ctx, subscription, item, { start: item.current_period_start, end: ctx.now }),
  )
  const lines = usage.filter(({ amount }) => amount !== 0)
  const pending = pendingItems(ctx, subscription.customer, subscription.currency, subscription.id)
  if (lines.length === 0 && pending.length === 0) return
  const invoice = billSubscription(ctx, subscription, {
    autoAdvance: true,
    lines,
    period: { start: ctx.now, end: ctx.now },
    reason: 'subscription_update',
  })
  const final = finalizeInvoice(ctx, invoice)
  if (final.status === 'open') collectFinal(ctx, final)
}

function dropPending(ctx: Context, subscription: Subscription): void {
  for (const item of pendingItems(ctx, subscription.customer, subscription.currency, subscription.id)) {
    if (!item.parent?.subscription_details || !item.proration) continue
    unmarkPending(ctx, item)
    ctx.tables.invoiceitem.remove(item.id)
    ctx.emit('invoiceitem.deleted', item)
  }
}

/** The end itself: nothing is renewed any more and open invoices are no longer collected by themselves. Emits `customer.subscription.deleted`. */
export function endSubscription(
  ctx: Context,
  subscription: Subscription,
  reason: NonNullable<Subscription['cancellation_details']>['reason'],
  details: Given<Subscription['cancellation_details']> = {},
): Subscription {
  if (isEnded(subscription)) return subscription
  clearTimers(ctx, subscription.id)
  stopCollection(ctx, subscription)
  endSchedule(ctx, subscription)
  return changeSubscription(
    ctx,
    subscription,
    {
      canceled_at: subscription.canceled_at ?? ctx.now,
      cancellation_details: { ...subscription.cancellation_details, ...details, reason },
      ended_at: ctx.now,
      pause_collection: null,
      pending_update: null,
      status: 'canceled',
    },
    'customer.subscription.deleted',
  )
}

/** A schedule without its subscription is over. */
function endSchedule(ctx: Context, { schedule: id }: Subscription): void {
  const schedule = ctx.tables.subscription_schedule.get(id ?? '')
  if (schedule?.status !== 'active') return
  for (const job of ['phase', 'expiring', 'pause']) ctx.unschedule('subscription_schedule', job, schedule.id)
  const fields = { canceled_at: ctx.now, current_phase: null, status: 'canceled' as const }
  ctx.emit('subscription_schedule.canceled', ctx.tables.subscription_schedule.patch(schedule.id, fields))
}

function stopCollection(ctx: Context, subscription: Subscription): void {
  for (const invoice of ctx.tables.invoice.by('customer', subscription.customer)) {
    if (invoice.status !== 'open' && invoice.status !== 'draft') continue
    if (invoice.parent?.subscription_details?.subscription !== subscription.id) continue
    for (const job of ['advance', 'retry', 'overdue']) ctx.unschedule('invoice', job, invoice.id)
    ctx.tables.invoice.patch(invoice.id, {
      auto_advance: false,
      automatically_finalizes_at: null,
      next_payment_attempt: null,
    })
  }
}
