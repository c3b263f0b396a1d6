import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { isCouponValid } from '../invoicing/discount.ts'
import { readCurrency } from '../payment/money.ts'
import type { CreateParamsOf } from '../wire.ts'

/** Rules: docs.stripe.com/api/coupons. What a coupon takes off never changes; deleting it leaves discounts as they are. */
export const coupons = defineResource({
  object: 'coupon',

  create(ctx) {
    const { params } = ctx
    checkCoupon(params)
    for (const product of params.applies_to?.products ?? []) ctx.tables.product.need(product, 'applies_to[products][0]')
    return {
      amount_off: params.amount_off ?? null,
      applies_to: params.applies_to?.products ? { products: params.applies_to.products } : undefined,
      currency: params.currency === undefined ? null : readCurrency(params.currency),
      duration: params.duration ?? 'once',
      duration_in_months: params.duration_in_months ?? null,
      max_redemptions: params.max_redemptions ?? null,
      name: params.name ?? null,
      percent_off: params.percent_off ?? null,
      redeem_by: params.redeem_by ?? null,
      times_redeemed: 0,
      valid: true,
    }
  },

  retrieve: (ctx) => ({ valid: isCouponValid(ctx.object, ctx.now) }),
})

function checkCoupon(params: CreateParamsOf<'coupon'>): void {
  const { amount_off, currency, duration, duration_in_months, percent_off } = params
  if (amount_off === undefined && percent_off === undefined)
    throw stripeError(400, 'parameter_missing', 'You must pass either `percent_off` or `amount_off`.')
  if (amount_off !== undefined && percent_off !== undefined)
    throw stripeError(
      400,
      'parameters_exclusive',
      'You may only specify one of these parameters: amount_off, percent_off.',
    )
  if (amount_off !== undefined && currency === undefined)
    throw stripeError(400, 'parameter_missing', 'You must pass currency when passing amount_off.', 'currency')
  if (amount_off !== undefined && amount_off < 1)
    throw stripeError(400, 'parameter_invalid_integer', 'This value must be greater than or equal to 1.', 'amount_off')
  if (percent_off !== undefined && (percent_off <= 0 || percent_off > 100))
    throw stripeError(
      400,
      undefined,
      'Invalid percent_off: must be greater than 0 and less than or equal to 100.',
      'percent_off',
    )
  if (duration === 'repeating' && duration_in_months === undefined)
    throw stripeError(
      400,
      'parameter_missing',
      'Must pass duration_in_months when passing duration=repeating.',
      'duration_in_months',
    )
  if (duration !== 'repeating' && duration_in_months !== undefined)
    throw stripeError(
      400,
      undefined,
      'Cannot pass duration_in_months when duration is not repeating.',
      'duration_in_months',
    )
}
