import type { Context } from '../define.ts'
import { voidInvoice } from '../invoicing/void.ts'
import type { Given } from '../wire.ts'
import { changeSubscription, type Subscription } from './record.ts'
import { restoreState, type SubscriptionState } from './state.ts'
import { setTimers } from './timers.ts'

const lifetime = 23 * 3600
const key = (id: string) => `pending update of ${id}`

/** Keeps a change back until its invoice is paid: the subscription shows it as `pending_update` for 23 hours. */
export function keepPendingUpdate(
  ctx: Context,
  before: Subscription,
  wanted: SubscriptionState,
  latest_invoice: string | null,
): Subscription {
  ctx.account.memory.set(key(before.id), wanted)
  const expires_at = ctx.now + lifetime
  const pending_update: Given<Subscription>['pending_update'] = {
    billing_cycle_anchor: wanted.subscription.billing_cycle_anchor,
    cancel_at_period_end: null,
    discount: null,
    discounts: null,
    expires_at,
    metadata: null,
    subscription_items: wanted.items,
    trial_end: wanted.subscription.trial_end,
    trial_from_plan: null,
  }
  ctx.schedule('subscription', 'expireUpdate', before.id, expires_at, before.test_clock)
  return changeSubscription(ctx, before, { latest_invoice, pending_update })
}

/** Its invoice was paid: the change is made. Emits `customer.subscription.pending_update_applied`. */
export function applyPendingUpdate(ctx: Context, subscription: Subscription): Subscription {
  const wanted = ctx.account.memory.get(key(subscription.id)) as SubscriptionState | undefined
  if (!wanted) return subscription
  forget(ctx, subscription.id)
  restoreState(ctx, wanted)
  const { billing_cycle_anchor, trial_end } = wanted.subscription
  const updated = changeSubscription(
    ctx,
    subscription,
    { billing_cycle_anchor, pending_update: null, trial_end },
    'customer.subscription.pending_update_applied',
  )
  setTimers(ctx, updated)
  return updated
}

/** Nobody paid in time: the invoice is void and nothing changes. Emits `customer.subscription.pending_update_expired`. */
export function expirePendingUpdate(ctx: Context, subscription: Subscription): void {
  if (!subscription.pending_update) return
  forget(ctx, subscription.id)
  const invoice = ctx.tables.invoice.get(subscription.latest_invoice ?? '')
  if (invoice?.status === 'open') voidInvoice(ctx, invoice)
  changeSubscription(ctx, subscription, { pending_update: null }, 'customer.subscription.pending_update_expired')
}

function forget(ctx: Context, id: string): void {
  ctx.account.memory.delete(key(id))
  ctx.unschedule('subscription', 'expireUpdate', id)
}
