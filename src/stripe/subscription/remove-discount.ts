import type { Context } from '../define.ts'
import { endDiscount, idsOf } from '../invoicing/discount.ts'
import { changeSubscription } from './record.ts'

/** Takes all discounts off a subscription; answers the last one as deleted. */
export function removeDiscounts(ctx: Context, id: string): object {
  const subscription = ctx.tables.subscription.need(id)
  const ids = idsOf(subscription.discounts)
  for (const discount of ids) endDiscount(ctx, discount)
  changeSubscription(ctx, subscription, { discounts: [] })
  const { end: _, ...last } = ctx.tables.discount.need(ids.at(-1))
  return { ...last, deleted: true }
}
