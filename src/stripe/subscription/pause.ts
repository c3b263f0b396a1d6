import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { billSubscription } from './billing.ts'
import { settleNow } from './first-invoice.ts'
import { periodSpecs, usageSpecs } from './lines.ts'
import { creditUnused } from './proration.ts'
import { changeSubscription, isRunning, itemsOf, type Subscription } from './record.ts'
import { currentPeriod } from './schedule-of.ts'
import { clearTimers, setTimers } from './timers.ts'

export interface PauseOrder {
  bill_for?:
    | { outstanding_usage_through?: { type: string } | undefined; unused_time_from?: { type: string } | undefined }
    | undefined
  invoicing_behavior?: string | undefined
}

/** Stops a subscription until it is resumed: no periods, no invoices. Emits `customer.subscription.paused`. Rules: docs.stripe.com/billing/subscriptions/pause. */
export function pauseSubscription(ctx: Context, subscription: Subscription, order: PauseOrder): Subscription {
  if (!isRunning(subscription))
    throw stripeError(400, undefined, `You cannot pause a subscription with status \`${subscription.status}\`.`)
  if (subscription.schedule)
    throw stripeError(400, undefined, 'You cannot pause a subscription that is managed by a subscription schedule.')
  const items = itemsOf(ctx, subscription.id)
  const unused = order.bill_for?.unused_time_from?.type ?? 'now'
  if (unused !== 'none')
    for (const item of items)
      creditUnused(ctx, subscription, item, unused === 'now' ? ctx.now : item.current_period_start)
  const usage = order.bill_for?.outstanding_usage_through?.type ?? 'now'
  const lines =
    usage === 'none'
      ? []
      : items.flatMap((item) => usageSpecs(ctx, subscription, item, { start: item.current_period_start, end: ctx.now }))
  const billed = lines.filter(({ amount }) => amount !== 0)
  if (order.invoicing_behavior === 'invoice' || billed.length > 0)
    settleNow(
      ctx,
      billSubscription(ctx, subscription, {
        autoAdvance: true,
        lines: billed,
        period: { start: ctx.now, end: ctx.now },
        reason: 'subscription_update',
      }),
      { off_session: true },
    )
  clearTimers(ctx, subscription.id)
  const { latest_invoice } = ctx.tables.subscription.need(subscription.id)
  const paused = changeSubscription(ctx, subscription, {
    latest_invoice,
    status: 'paused',
    status_details: {
      paused: { subscription: { type: 'pause_requested' }, transitioned_at: ctx.now, type: 'subscription' },
    },
  })
  ctx.emit('customer.subscription.paused', paused)
  return paused
}

export interface ResumeOrder {
  billing_cycle_anchor?: { type: string } | string | undefined
  payment_behavior?: string | undefined
}

/** Starts a paused subscription again: it is active at once where nothing has to be paid, else when its invoice is paid. Emits `customer.subscription.resumed`. */
export function resumeSubscription(ctx: Context, subscription: Subscription, order: ResumeOrder): Subscription {
  if (subscription.status !== 'paused')
    throw stripeError(
      400,
      undefined,
      `Only paused subscriptions can be resumed. This subscription has a status of \`${subscription.status}\`.`,
    )
  const given = order.billing_cycle_anchor
  const keepsAnchor = (typeof given === 'object' ? given.type : given) === 'unchanged'
  const anchor = keepsAnchor ? subscription.billing_cycle_anchor : ctx.now
  const base = { ...subscription, billing_cycle_anchor: anchor }
  const lines = itemsOf(ctx, subscription.id).flatMap((item) => {
    const { period, whole } = currentPeriod(anchor, item.price, ctx.now)
    const fields = { current_period_end: period.end, current_period_start: period.start }
    const moved = ctx.tables.subscription_item.patch(item.id, fields)
    return periodSpecs(ctx, base, moved, period, whole)
  })
  const invoice = lines.length > 0 ? bill(ctx, base, lines) : undefined
  const { latest_invoice, discounts } = ctx.tables.subscription.need(subscription.id)
  const fields = { billing_cycle_anchor: anchor, discounts, latest_invoice }
  if (invoice?.status === 'open') {
    ctx.schedule('invoice', 'voidUnpaid', invoice.id, ctx.now + 23 * 3600, invoice.test_clock)
    return changeSubscription(ctx, subscription, fields)
  }
  return activate(ctx, subscription, fields)
}

function bill(ctx: Context, subscription: Subscription, lines: Parameters<typeof billSubscription>[2]['lines']) {
  const period = { start: ctx.now, end: ctx.now }
  const draft = billSubscription(ctx, subscription, { autoAdvance: true, lines, period, reason: 'subscription_update' })
  return settleNow(ctx, draft, { off_session: true })
}

function activate(
  ctx: Context,
  subscription: Subscription,
  fields: Parameters<typeof changeSubscription>[2],
): Subscription {
  const resumed = changeSubscription(ctx, subscription, { ...fields, status: 'active' })
  ctx.emit('customer.subscription.resumed', resumed)
  setTimers(ctx, resumed)
  return resumed
}
