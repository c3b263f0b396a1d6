import { type Context, defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { isCouponValid } from '../invoicing/discount.ts'

/** What a customer types to get a coupon. Rules: docs.stripe.com/api/promotion_codes. */
export const promotionCodes = defineResource({
  object: 'promotion_code',
  ownFilters: ['coupon', 'code'],

  list: ({ code, promotion }, { params }) =>
    (params.coupon === undefined || promotion.coupon === params.coupon) &&
    (params.code === undefined || code.toUpperCase() === String(params.code).toUpperCase()),

  create(ctx) {
    const { params } = ctx
    const coupon = ctx.tables.coupon.need(params.promotion.coupon, 'promotion[coupon]')
    if (!isCouponValid(coupon, ctx.now))
      throw stripeError(400, 'coupon_expired', `Coupon expired: ${coupon.id}`, 'promotion[coupon]')
    if (params.customer) ctx.tables.customer.need(params.customer, 'customer')
    const code = params.code ?? ctx.newSecret(8).toUpperCase()
    if (!/^[A-Za-z0-9-]+$/.test(code))
      throw stripeError(
        400,
        undefined,
        'Promotion codes can only contain letters, digits and dashes (a-z, A-Z, 0-9, -).',
        'code',
      )
    if (params.active !== false) needUnused(ctx, code, params.customer ?? null, ctx.id)
    const { restrictions } = params
    return {
      active: params.active ?? true,
      code,
      customer: params.customer ?? null,
      expires_at: params.expires_at ?? null,
      max_redemptions: params.max_redemptions ?? null,
      promotion: { coupon: coupon.id, type: 'coupon' },
      restrictions: {
        first_time_transaction: restrictions?.first_time_transaction ?? false,
        minimum_amount: restrictions?.minimum_amount ?? null,
        minimum_amount_currency: restrictions?.minimum_amount_currency ?? null,
        currency_options: restrictions?.currency_options as Record<string, { minimum_amount: number }> | undefined,
      },
      times_redeemed: 0,
    }
  },

  update(ctx) {
    if (ctx.params.active && !ctx.object.active) needUnused(ctx, ctx.object.code, ctx.object.customer, ctx.id)
    return undefined
  },
})

/** A code is active once per customer, whatever its case. */
function needUnused(ctx: Context, code: string, customer: string | null, id: string): void {
  for (const each of ctx.tables.promotion_code.all()) {
    const isSame = each.id !== id && each.active && each.code.toUpperCase() === code.toUpperCase()
    if (isSame && (each.customer === null || customer === null || each.customer === customer))
      throw stripeError(
        400,
        'resource_already_exists',
        `An active promotion code with \`code: ${code}\` already exists.`,
        'code',
      )
  }
}
