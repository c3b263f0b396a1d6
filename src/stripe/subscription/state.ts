import type { Context } from '../define.ts'
import { type Debit, debitsOf, putDebits } from './ledger.ts'
import { type Item, itemsOf, type Subscription } from './record.ts'

/** A subscription with its items and what they were billed, at one moment. */
export interface SubscriptionState {
  subscription: Subscription
  items: Item[]
  debits: Record<string, readonly Debit[]>
}

export function takeState(ctx: Context, id: string): SubscriptionState {
  const items = itemsOf(ctx, id)
  const debits = Object.fromEntries(items.map((item) => [item.id, debitsOf(ctx, item.id)]))
  return { subscription: ctx.tables.subscription.need(id), items, debits }
}

/** Makes items and their billed time what they were; the subscription itself is left to the caller. */
export function restoreState(ctx: Context, { subscription, items, debits }: SubscriptionState): void {
  for (const item of itemsOf(ctx, subscription.id)) {
    if (!items.some(({ id }) => id === item.id)) ctx.tables.subscription_item.remove(item.id)
  }
  for (const item of items) {
    if (ctx.tables.subscription_item.get(item.id)) ctx.tables.subscription_item.patch(item.id, item)
    else ctx.tables.subscription_item.create(item)
    putDebits(ctx, item.id, debits[item.id] ?? [])
  }
}
