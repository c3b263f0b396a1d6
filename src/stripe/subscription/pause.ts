import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import type { Invoice } from '../invoicing/draft.ts'
import { finalizeInvoice } from '../invoicing/finalize.ts'
import type { LineSpec } from '../invoicing/line.ts'
import type { Given } from '../wire.ts'
import { billSubscription } from './billing.ts'
import { settleNow } from './first-invoice.ts'
import { periodSpecs, usageSpecs } from './lines.ts'
import { creditUnused, debitRest } from './proration.ts'
import { changeSubscription, type Item, isRunning, itemsOf, type Subscription } from './record.ts'
import { currentPeriod } from './schedule-of.ts'
import { clearTimers, setTimers } from './timers.ts'

export interface PauseOrder {
  bill_for?:
    | { outstanding_usage_through?: { type: string } | undefined; unused_time_from?: { type: string } | undefined }
    | undefined
  invoicing_behavior?: string | undefined
  /** A schedule pauses what it manages, nobody else does. */
  bySchedule?: boolean
}

/** Stops a subscription until it is resumed: no periods, no invoices. Emits `customer.subscription.paused`. Rules: docs.stripe.com/billing/subscriptions/pause. */
export function pauseSubscription(ctx: Context, subscription: Subscription, order: PauseOrder): Subscription {
  if (!isRunning(subscription))
    throw stripeError(400, undefined, `You cannot pause a subscription with status \`${subscription.status}\`.`)
  needPausable(subscription)
  if (subscription.schedule && !order.bySchedule)
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

/** Pausing is for subscriptions that are charged automatically, in flexible billing mode. */
function needPausable({ billing_mode, collection_method }: Subscription): void {
  if (billing_mode.type !== 'flexible')
    throw stripeError(
      400,
      undefined,
      'You can only pause subscriptions with `billing_mode[type]=flexible`. Migrate the subscription first.',
    )
  if (collection_method === 'send_invoice')
    throw stripeError(400, undefined, 'You can only pause subscriptions with `collection_method=charge_automatically`.')
}

export interface ResumeOrder {
  billing_cycle_anchor?: { type: string } | string | undefined
  payment_behavior?: string | undefined
  proration_behavior?: string | undefined
}

/**
 * Starts a paused subscription again: at once where nothing has to be paid, else when its invoice is. With `resume_on_payment_success`
 * the invoice is charged now; without, it waits for an attempt, for 23 hours, and a failed one resumes the subscription as `past_due`.
 * Emits `customer.subscription.resumed`.
 */
export function resumeSubscription(ctx: Context, subscription: Subscription, order: ResumeOrder): Subscription {
  if (subscription.status !== 'paused')
    throw stripeError(
      400,
      undefined,
      `Only paused subscriptions can be resumed. This subscription has a status of \`${subscription.status}\`.`,
    )
  const given = order.billing_cycle_anchor
  const keepsAnchor = (typeof given === 'object' ? given.type : given) === 'unchanged'
  const base = { ...subscription, ...(!keepsAnchor && { billing_cycle_anchor: ctx.now }) }
  const lines = itemsOf(ctx, subscription.id).flatMap((item) => reopen(ctx, base, item, keepsAnchor, order))
  const billsPending = keepsAnchor && order.proration_behavior === 'always_invoice'
  const invoice = lines.length > 0 || billsPending ? bill(ctx, base, lines, order) : undefined
  const { discounts, latest_invoice } = ctx.tables.subscription.need(subscription.id)
  const fields = { billing_cycle_anchor: base.billing_cycle_anchor, discounts, latest_invoice }
  if (invoice?.status === 'open') return changeSubscription(ctx, subscription, fields)
  return resumed(ctx, subscription, { ...fields, status: 'active' })
}

/** The period that an item goes on with. Under the old anchor the rest of it is a proration, under a new one it is billed whole. */
function reopen(ctx: Context, base: Subscription, item: Item, keepsAnchor: boolean, order: ResumeOrder): LineSpec[] {
  const { period, whole } = currentPeriod(base.billing_cycle_anchor, item.price, ctx.now)
  const moved = ctx.tables.subscription_item.patch(item.id, {
    current_period_end: period.end,
    current_period_start: period.start,
  })
  if (!keepsAnchor) return periodSpecs(ctx, base, moved, period)
  if (order.proration_behavior !== 'none') debitRest(ctx, base, moved, whole, ctx.now)
  return []
}

const waitKey = (invoice: string) => `resumes with an attempt at ${invoice}`

/** Whether the first attempt at an invoice, even a failed one, resumes its subscription. */
export const resumesOnAttempt = (ctx: Context, invoice: string): boolean => ctx.account.memory.has(waitKey(invoice))

function bill(ctx: Context, subscription: Subscription, lines: readonly LineSpec[], order: ResumeOrder): Invoice {
  const period = { start: ctx.now, end: ctx.now }
  const draft = billSubscription(ctx, subscription, { autoAdvance: true, lines, period, reason: 'subscription_update' })
  if (order.payment_behavior === 'resume_on_payment_success') return settleNow(ctx, draft, { off_session: true })
  const waiting = finalizeInvoice(ctx, draft, false)
  if (waiting.status !== 'open') return waiting
  ctx.account.memory.set(waitKey(waiting.id), true)
  ctx.schedule('invoice', 'voidUnpaid', waiting.id, ctx.now + 23 * 3600, waiting.test_clock)
  return waiting
}

/** Makes a paused subscription go on. */
export function resumed(ctx: Context, subscription: Subscription, fields: Given<Subscription>): Subscription {
  const running = changeSubscription(ctx, subscription, fields)
  ctx.emit('customer.subscription.resumed', running)
  setTimers(ctx, running)
  return running
}
