import type { Context } from '../define.ts'
import { previewInvoice } from '../invoicing/draft.ts'
import type { LineSpec } from '../invoicing/line.ts'
import { enterDuePhase } from '../schedule/run.ts'
import type { Stored } from '../wire.ts'
import { billSubscription, draftOf } from './billing.ts'
import { cancelSubscription, endSubscription } from './cancel.ts'
import { creditsAtEnd } from './cancel-at.ts'
import { dryRun } from './dry-run.ts'
import { methodOf } from './first-invoice.ts'
import { periodSpecs, usageSpecs } from './lines.ts'
import { changeSubscription, type Item, isRunning, itemsOf, nextEnd, type Subscription } from './record.ts'
import { currentPeriod } from './schedule-of.ts'
import { clearTimers, setTimers } from './timers.ts'

/** What is due at the end of a period: its usage, the next period in advance. Emits `invoice.created`, `customer.subscription.updated`. */
export function renewSubscription(ctx: Context, before: Subscription): void {
  if (!isRunning(before)) return
  const subscription = enterDuePhase(ctx, before)
  if (!isRunning(subscription)) return
  const { cancel_at, cancel_at_period_end } = subscription
  const isOver = cancel_at_period_end || (cancel_at !== null && cancel_at <= ctx.now)
  if (isOver) cancelAtEnd(ctx, subscription)
  if (isOver) return
  const endsTrial = subscription.status === 'trialing' && (subscription.trial_end ?? 0) <= ctx.now
  if (endsTrial && !canGoOn(ctx, subscription)) return
  renew(ctx, subscription, endsTrial)
}

/** A cancellation that was ordered for now: pending prorations and usage are billed a last time. */
export function cancelAtEnd(ctx: Context, subscription: Subscription): void {
  const isEarly = itemsOf(ctx, subscription.id).some(({ current_period_end }) => current_period_end > ctx.now)
  cancelSubscription(ctx, subscription, {
    atPeriodEnd: true,
    invoiceNow: true,
    prorate: isEarly && creditsAtEnd(ctx, subscription.id),
  })
}

/** Whether a subscription goes on after its trial; one without a payment method is paused or ended where its settings say so. */
export function canGoOn(ctx: Context, subscription: Subscription): boolean {
  const behaviour = subscription.trial_settings?.end_behavior.missing_payment_method
  if (subscription.collection_method === 'send_invoice' || methodOf(ctx, subscription)) return true
  if (behaviour === 'cancel') {
    endSubscription(ctx, subscription, 'cancellation_requested')
    return false
  }
  if (behaviour !== 'pause') return true
  clearTimers(ctx, subscription.id)
  const paused = changeSubscription(ctx, subscription, {
    status: 'paused',
    status_details: {
      paused: {
        subscription: { type: 'trial_end_without_payment_method' },
        transitioned_at: ctx.now,
        type: 'subscription',
      },
    },
  })
  ctx.emit('customer.subscription.paused', paused)
  return false
}

function renew(ctx: Context, subscription: Subscription, endsTrial: boolean): void {
  const due = itemsOf(ctx, subscription.id).filter(({ current_period_end }) => current_period_end <= ctx.now)
  if (due.length === 0) {
    setTimers(ctx, subscription)
    return
  }
  const past = { start: Math.min(...due.map((item) => item.current_period_start)), end: ctx.now }
  const usage = due.flatMap((item) =>
    endsTrial
      ? []
      : usageSpecs(ctx, subscription, item, { start: item.current_period_start, end: item.current_period_end }),
  )
  const lines = [...usage, ...due.flatMap((item) => nextPeriod(ctx, subscription, item))]
  const isEmpty = lines.length === 0 && subscription.billing_mode.type === 'flexible'
  if (!isEmpty)
    billSubscription(ctx, subscription, {
      autoAdvance: subscription.status !== 'unpaid' && subscription.pause_collection?.behavior !== 'keep_as_draft',
      lines,
      period: past,
      reason: 'subscription_cycle',
    })
  const billed = ctx.tables.subscription.need(subscription.id)
  const status = endsTrial ? 'active' : billed.status
  const { latest_invoice, discounts } = billed
  setTimers(ctx, changeSubscription(ctx, subscription, { discounts, latest_invoice, status }))
}

/** Moves an item to the period that begins now and returns its lines. */
function nextPeriod(ctx: Context, subscription: Subscription, item: Item): LineSpec[] {
  const { period, whole } = currentPeriod(subscription.billing_cycle_anchor, item.price, item.current_period_end)
  const moved = ctx.tables.subscription_item.patch(item.id, {
    current_period_end: period.end,
    current_period_start: period.start,
  })
  return periodSpecs(ctx, subscription, moved, period, whole)
}

/** The invoice that the next renewal will make, as it looks now; a phase of a schedule that begins with it is in it. */
export function upcomingInvoice(ctx: Context, subscription: Subscription): Stored<'invoice'> {
  const end = nextEnd(ctx, subscription.id)
  const schedule = ctx.tables.subscription_schedule.get(subscription.schedule ?? '')
  if (!schedule?.phases.some(({ start_date }) => start_date === end)) return renewalOf(ctx, subscription)
  const then = Object.create(ctx, { now: { value: end } }) as Context
  return dryRun(then, (dry) => renewalOf(dry, enterDuePhase(dry, subscription)))
}

function renewalOf(ctx: Context, subscription: Subscription): Stored<'invoice'> {
  const items = itemsOf(ctx, subscription.id)
  const end = Math.min(...items.map(({ current_period_end }) => current_period_end))
  const due = items.filter(({ current_period_end }) => current_period_end === end)
  const lines = due.flatMap((item) => {
    const { period, whole } = currentPeriod(subscription.billing_cycle_anchor, item.price, item.current_period_end)
    const past = { start: item.current_period_start, end: item.current_period_end }
    const isTrial = subscription.status === 'trialing'
    return [
      ...(isTrial ? [] : usageSpecs(ctx, subscription, item, past)),
      ...periodSpecs(ctx, subscription, item, period, whole),
    ]
  })
  const period = { start: Math.min(...due.map((item) => item.current_period_start)), end }
  const { draft } = draftOf(ctx, subscription, { autoAdvance: true, lines, period, reason: 'upcoming' })
  return previewInvoice(ctx, { ...draft, fields: { ...draft.fields, created: end, next_payment_attempt: end + 3600 } })
}
