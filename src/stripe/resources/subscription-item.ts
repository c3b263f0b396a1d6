import { defineResource } from '../define.ts'
import { onClock } from '../invoicing/time.ts'
import { type ChangeOrder, changeBilling } from '../subscription/change.ts'
import { itemsOf } from '../subscription/record.ts'

/** Items are changed through their subscription: the same credits, debits and invoices. Rules: docs.stripe.com/api/subscription_items. */
export const subscriptionItems = defineResource({
  object: 'subscription_item',
  indexes: ['subscription'],
  events: { create: false, update: false, remove: false },

  create(ctx) {
    const { params } = ctx
    const subscription = ctx.tables.subscription.need(params.subscription, 'subscription')
    const before = new Set(itemsOf(ctx, subscription.id).map(({ id }) => id))
    const { payment_behavior, proration_behavior, proration_date, subscription: _, ...item } = params
    const order = { payment_behavior, proration_behavior, proration_date }
    const items = [{ ...item, newId: ctx.id }] as ChangeOrder['items']
    changeBilling(onClock(ctx, subscription.test_clock), subscription, { ...order, items, fields: {} })
    return itemsOf(ctx, subscription.id).find(({ id }) => !before.has(id))
  },

  update(ctx) {
    const { id, object, params } = ctx
    const subscription = ctx.tables.subscription.need(object.subscription)
    const { off_session, payment_behavior, proration_behavior, proration_date, ...item } = params
    const order = { off_session, payment_behavior, proration_behavior, proration_date }
    const items = [{ ...item, id }] as ChangeOrder['items']
    changeBilling(onClock(ctx, subscription.test_clock), subscription, { ...order, items, fields: {} })
    return ctx.tables.subscription_item.need(id)
  },

  remove(ctx) {
    const { id, object, params } = ctx
    const subscription = ctx.tables.subscription.need(object.subscription)
    changeBilling(onClock(ctx, subscription.test_clock), subscription, {
      payment_behavior: params.payment_behavior as string | undefined,
      proration_behavior: params.proration_behavior as string | undefined,
      proration_date: params.proration_date as number | undefined,
      items: [{ deleted: true, id }],
      fields: {},
    })
  },
})
