import type { Context } from '../define.ts'
import { refreshEntitlements } from '../entitlement/active.ts'
import { previousAttributes } from '../protocol/diff.ts'
import type { Given, Stored } from '../wire.ts'

export type Subscription = Stored<'subscription'>
export type Item = Stored<'subscription_item'>
export type Price = Stored<'price'>

/** The items of a subscription in the order they were added. */
export const itemsOf = (ctx: Context, subscription: string): Item[] =>
  ctx.tables.subscription_item.by('subscription', subscription).reverse()

/** Items as a subscription shows them. */
export function embedItems(ctx: Context, subscription: string): Given<Subscription>['items'] {
  const data = itemsOf(ctx, subscription)
  return {
    object: 'list',
    data,
    has_more: false,
    url: `/v1/subscription_items?subscription=${subscription}`,
    ...{ total_count: data.length },
  }
}

/** Statuses in which time goes on for a subscription: it renews and is billed. */
export const isRunning = ({ status }: Subscription): boolean =>
  status === 'active' || status === 'trialing' || status === 'past_due' || status === 'unpaid'

export const isEnded = ({ status }: Subscription): boolean => status === 'canceled' || status === 'incomplete_expired'

const creatingKey = (id: string) => `creating ${id}`

/** While a subscription is being created, what happens to it is part of its creation and makes no events of its own. */
export function whileCreating<T>(ctx: Context, id: string, work: () => T): T {
  ctx.account.memory.set(creatingKey(id), true)
  try {
    return work()
  } finally {
    ctx.account.memory.delete(creatingKey(id))
  }
}

/** Lays fields over a subscription, shows its items as they are now, and emits `customer.subscription.updated` with what changed. */
export function changeSubscription(
  ctx: Context,
  before: Subscription,
  fields: Given<Subscription>,
  event = 'customer.subscription.updated',
): Subscription {
  const after = ctx.tables.subscription.patch(before.id, { ...fields, items: embedItems(ctx, before.id) })
  if (ctx.account.memory.has(creatingKey(before.id))) return after
  const previous = previousAttributes(before, after)
  if (previous) ctx.emit(event, after, event.endsWith('updated') ? previous : undefined)
  refreshEntitlements(ctx, after.customer)
  return after
}

/** When the next period of any item begins. */
export const nextEnd = (ctx: Context, id: string): number =>
  Math.min(...itemsOf(ctx, id).map(({ current_period_end }) => current_period_end))
