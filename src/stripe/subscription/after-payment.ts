import type { Context } from '../define.ts'
import type { Given, Stored } from '../wire.ts'
import { resumed, resumesOnAttempt } from './pause.ts'
import { applyPendingUpdate } from './pending-update.ts'
import { changeSubscription, type Subscription } from './record.ts'
import { setTimers } from './timers.ts'

type Invoice = Stored<'invoice'>

const subscriptionOf = (ctx: Context, invoice: Invoice): Subscription | undefined =>
  ctx.tables.subscription.get(invoice.parent?.subscription_details?.subscription ?? '')

/** A first invoice that is paid starts its subscription, the latest one that is paid (or given up) makes a late one good again. */
export function invoiceIsPaid(ctx: Context, invoice: Invoice): void {
  const subscription = subscriptionOf(ctx, invoice)
  if (!subscription) return
  const fields = { ...keptMethod(ctx, subscription, invoice), ...statusAfter(subscription, invoice) }
  if (subscription.status === 'paused' && fields.status === 'active') {
    resumed(ctx, subscription, fields)
    return
  }
  const updated = Object.keys(fields).length > 0 ? changeSubscription(ctx, subscription, fields) : subscription
  if (updated.status !== subscription.status) setTimers(ctx, updated)
  if (updated.pending_update && updated.latest_invoice === invoice.id) applyPendingUpdate(ctx, updated)
}

function statusAfter(subscription: Subscription, invoice: Invoice): Given<Subscription> {
  const { status, trial_end } = subscription
  if (status === 'incomplete')
    return { status: trial_end !== null && trial_end > invoice.created ? 'trialing' : 'active' }
  const isLatest = subscription.latest_invoice === invoice.id
  const isWaiting = status === 'past_due' || status === 'unpaid' || status === 'paused'
  if (isWaiting && isLatest) return { status: 'active' }
  return {}
}

/** `save_default_payment_method: on_subscription` keeps what the customer paid with. */
function keptMethod(ctx: Context, subscription: Subscription, invoice: Invoice): Given<Subscription> {
  if (subscription.payment_settings?.save_default_payment_method !== 'on_subscription') return {}
  const payment = ctx.tables.invoice_payment.by('invoice', invoice.id).find(({ status }) => status === 'paid')
  const method = ctx.tables.payment_intent.get(payment?.payment.payment_intent ?? '')?.payment_method
  return method ? { default_payment_method: method } : {}
}

/** A subscription whose invoice could not be paid is late; one whose first could not be paid has not begun. */
export function invoiceIsLate(ctx: Context, invoice: Invoice): void {
  const subscription = subscriptionOf(ctx, invoice)
  if (!subscription) return
  if (subscription.status === 'paused' && resumesOnAttempt(ctx, invoice.id))
    resumed(ctx, subscription, { status: 'past_due' })
  if (subscription.status !== 'active' && subscription.status !== 'trialing') return
  changeSubscription(ctx, subscription, { status: 'past_due' })
}

/** A latest invoice that is void or written off no longer holds its subscription back; a first one that is void ends it. */
export function invoiceIsGivenUp(ctx: Context, invoice: Invoice): void {
  const subscription = subscriptionOf(ctx, invoice)
  if (!subscription || subscription.latest_invoice !== invoice.id) return
  if (subscription.status === 'paused' && invoice.status === 'uncollectible')
    resumed(ctx, subscription, { status: 'active' })
  if (subscription.status === 'past_due' || subscription.status === 'unpaid')
    setTimers(ctx, changeSubscription(ctx, subscription, { status: 'active' }))
  if (subscription.status === 'incomplete' && invoice.status === 'void')
    setTimers(ctx, changeSubscription(ctx, subscription, { ended_at: ctx.now, status: 'incomplete_expired' }))
}
