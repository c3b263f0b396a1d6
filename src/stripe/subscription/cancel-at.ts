import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import type { Given } from '../wire.ts'
import { itemsOf, type Subscription } from './record.ts'

export interface CancelInput {
  cancel_at?: number | string | null | undefined
  cancel_at_period_end?: boolean | undefined
  cancellation_details?: object | undefined
  proration_behavior?: string | undefined
}

const key = (id: string) => `no credit at the end of ${id}`

/** Whether unused time is given back when a subscription ends within a period: not if that was ordered with `none`. */
export const creditsAtEnd = (ctx: Context, id: string): boolean => !ctx.account.memory.has(key(id))

/** When a subscription is to end, by what is said about it; a new word replaces the last one. Rule: docs.stripe.com/billing/subscriptions/cancel. */
export function cancellation(ctx: Context, subscription: Subscription, given: CancelInput): Given<Subscription> {
  const { cancel_at, cancel_at_period_end } = given
  if (cancel_at && cancel_at_period_end)
    throw stripeError(
      400,
      'parameters_exclusive',
      'You may only specify one of these parameters: cancel_at, cancel_at_period_end.',
    )
  const ends = itemsOf(ctx, subscription.id).map(({ current_period_end }) => current_period_end)
  const said = (given.cancellation_details ?? {}) as Given<Subscription['cancellation_details']>
  const cancellation_details = (reason: 'cancellation_requested' | null) => ({
    ...subscription.cancellation_details,
    ...said,
    reason,
  })
  if (cancel_at_period_end === true)
    return {
      cancel_at: Math.min(...ends),
      cancel_at_period_end: true,
      canceled_at: ctx.now,
      cancellation_details: cancellation_details('cancellation_requested'),
    }
  if (cancel_at) {
    const at = timeOf(cancel_at, ends)
    if (at <= ctx.now) throw stripeError(400, undefined, '`cancel_at` must be a timestamp in the future.', 'cancel_at')
    if (given.proration_behavior === 'none') ctx.account.memory.set(key(subscription.id), true)
    else ctx.account.memory.delete(key(subscription.id))
    return {
      cancel_at: at,
      cancel_at_period_end: false,
      canceled_at: ctx.now,
      cancellation_details: cancellation_details('cancellation_requested'),
    }
  }
  if (cancel_at_period_end === false || cancel_at === null)
    return {
      cancel_at: null,
      cancel_at_period_end: false,
      canceled_at: null,
      cancellation_details: cancellation_details(null),
    }
  return {}
}

const timeOf = (given: number | string, ends: number[]): number =>
  typeof given === 'number' ? given : given === 'min_period_end' ? Math.min(...ends) : Math.max(...ends)
