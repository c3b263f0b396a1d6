import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { makePrice, type PriceInput } from '../payment/price.ts'
import { planOf } from '../subscription/item.ts'
import type { CreateParamsOf } from '../wire.ts'

/** The older form of a recurring price: every plan is a price of the same id. Rules: docs.stripe.com/api/plans. */
export const plans = defineResource({
  object: 'plan',
  indexes: ['product'],

  create(ctx) {
    const { params } = ctx
    const price = makePrice(ctx, { ...priceInput(params), id: ctx.id })
    const made = ctx.tables.price.patch(price.id, {
      metadata: params.metadata ?? {},
      nickname: params.nickname ?? null,
    })
    const renamed = ctx.tables.price.create({ ...made, id: ctx.id })
    if (made.id !== ctx.id) ctx.tables.price.remove(made.id)
    return { ...planOf(renamed), id: ctx.id }
  },

  update(ctx) {
    const { active, nickname } = ctx.params
    if (ctx.tables.price.get(ctx.id)) ctx.tables.price.patch(ctx.id, { active, nickname })
    return undefined
  },

  remove(ctx) {
    ctx.tables.price.remove(ctx.id)
  },
})

function priceInput(params: CreateParamsOf<'plan'>): PriceInput {
  const { product } = params
  if (product === undefined) throw stripeError(400, 'parameter_missing', 'Missing required param: product.', 'product')
  return {
    billing_scheme: params.billing_scheme ?? 'per_unit',
    currency: params.currency,
    ...(typeof product === 'string' ? { product } : { product_data: product }),
    recurring: {
      interval: params.interval,
      interval_count: params.interval_count ?? 1,
      meter: params.meter ?? null,
      trial_period_days: params.trial_period_days ?? null,
      usage_type: params.usage_type ?? 'licensed',
    },
    tiers: params.tiers,
    unit_amount: params.amount,
    unit_amount_decimal: params.amount_decimal,
  }
}
