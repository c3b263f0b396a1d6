import type { Context } from '../define.ts'
import type { Stored } from '../wire.ts'
import { endSubscription } from './cancel.ts'
import { changeSubscription } from './record.ts'
import { setTimers } from './timers.ts'

/** What becomes of a subscription whose invoice was not paid after the last retry. */
export function endAfterDunning(
  ctx: Context,
  invoice: Stored<'invoice'>,
  outcome: 'cancel' | 'unpaid' | 'past_due',
): void {
  const subscription = ctx.tables.subscription.get(invoice.parent?.subscription_details?.subscription ?? '')
  if (!subscription || subscription.status === 'canceled' || outcome === 'past_due') return
  if (outcome === 'cancel') endSubscription(ctx, subscription, 'payment_failed')
  else setTimers(ctx, changeSubscription(ctx, subscription, { status: 'unpaid' }))
}
