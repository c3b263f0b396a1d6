import type { DiscountTerms } from '../billing/discount.ts'
import { addIntervals } from '../billing/period.ts'
import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import type { Stored } from '../wire.ts'

type Coupon = Stored<'coupon'>
type PromotionCode = Stored<'promotion_code'>
export type Discount = Stored<'discount'>

export interface DiscountInput {
  coupon?: string | undefined
  discount?: string | undefined
  promotion_code?: string | undefined
}

/** What a discount belongs to. */
export interface DiscountOwner {
  customer: string | null
  subscription?: string
  subscription_item?: string
  invoice?: string
  invoice_item?: string
  checkout_session?: string
}

/** A coupon can be redeemed until it expires, is used up or is deleted. */
export const isCouponValid = (coupon: Coupon, now: number): boolean =>
  (coupon.redeem_by === null || now < coupon.redeem_by) &&
  (coupon.max_redemptions === null || coupon.times_redeemed < coupon.max_redemptions)

/** The discounts that parameters ask for, redeemed; an existing discount is kept as it is. */
export const makeDiscounts = (
  ctx: Context,
  inputs: readonly DiscountInput[] | null | undefined,
  owner: DiscountOwner,
  param = 'discounts',
): string[] => (inputs ?? []).map((input, index) => makeDiscount(ctx, input, owner, `${param}[${index}]`))

function makeDiscount(ctx: Context, input: DiscountInput, owner: DiscountOwner, param: string): string {
  if (input.discount) return ctx.tables.discount.need(input.discount, `${param}[discount]`).id
  const promotion = input.promotion_code ? readPromotionCode(ctx, input.promotion_code, owner, param) : undefined
  const couponId = promotion?.promotion.coupon ?? input.coupon
  if (!couponId)
    throw stripeError(
      400,
      undefined,
      'You must provide one of `coupon`, `discount` or `promotion_code` for each discount.',
      param,
    )
  const coupon = ctx.tables.coupon.need(couponId, `${param}[coupon]`)
  if (!isCouponValid(coupon, ctx.now))
    throw stripeError(400, 'coupon_expired', `Coupon expired: ${coupon.id}`, `${param}[coupon]`)
  redeem(ctx, coupon, promotion)
  return create(ctx, coupon, promotion, owner).id
}

function readPromotionCode(ctx: Context, id: string, { customer }: DiscountOwner, param: string): PromotionCode {
  const at = `${param}[promotion_code]`
  const code = ctx.tables.promotion_code.need(id, at)
  const refuse = (why: string) =>
    stripeError(400, undefined, `This promotion code cannot be redeemed because ${why}.`, at)
  if (code.expires_at !== null && code.expires_at <= ctx.now) throw refuse('it is expired')
  if (code.max_redemptions !== null && code.times_redeemed >= code.max_redemptions)
    throw refuse('it has been used the maximum number of times')
  if (!code.active) throw refuse('it is inactive')
  if (code.customer !== null && code.customer !== customer) throw refuse('it is restricted to another customer')
  if (code.restrictions.first_time_transaction && customer && hasPaid(ctx, customer))
    throw refuse('the associated customer has prior transactions')
  return code
}

const hasPaid = (ctx: Context, customer: string): boolean =>
  ctx.tables.invoice.by('customer', customer).some(({ status, amount_paid }) => status === 'paid' && amount_paid > 0) ||
  ctx.tables.charge.by('customer', customer).some(({ paid }) => paid)

/** Refuses a promotion code whose minimum the amount does not reach. `amount` is in the smallest unit of `currency`. */
export function needMinimum(ctx: Context, discounts: readonly string[], amount: number, currency: string): void {
  for (const id of discounts) {
    const code = ctx.tables.promotion_code.get(ctx.tables.discount.get(id)?.promotion_code ?? '')
    const restrictions = code?.restrictions
    const minimum =
      restrictions?.minimum_amount_currency === currency
        ? restrictions.minimum_amount
        : restrictions?.currency_options?.[currency]?.minimum_amount
    if (minimum != null && amount < minimum)
      throw stripeError(
        400,
        undefined,
        'This promotion code cannot be redeemed because the order does not meet the minimum amount requirement.',
        'discounts[0][promotion_code]',
      )
  }
}

function redeem(ctx: Context, coupon: Coupon, promotion: PromotionCode | undefined): void {
  const times_redeemed = coupon.times_redeemed + 1
  const redeemed = { ...coupon, times_redeemed }
  ctx.tables.coupon.patch(coupon.id, { times_redeemed, valid: isCouponValid(redeemed, ctx.now) })
  if (!promotion) return
  const used = promotion.times_redeemed + 1
  const isUsedUp = promotion.max_redemptions !== null && used >= promotion.max_redemptions
  ctx.tables.promotion_code.patch(promotion.id, { times_redeemed: used, active: promotion.active && !isUsedUp })
}

function create(ctx: Context, coupon: Coupon, promotion: PromotionCode | undefined, owner: DiscountOwner): Discount {
  const months = coupon.duration === 'repeating' ? (coupon.duration_in_months ?? 1) : undefined
  const discount = ctx.tables.discount.create({
    checkout_session: owner.checkout_session ?? null,
    customer: owner.customer,
    end: months === undefined ? null : addIntervals(ctx.now, 'month', months),
    invoice: owner.invoice ?? null,
    invoice_item: owner.invoice_item ?? null,
    promotion_code: promotion?.id ?? null,
    source: { coupon: coupon.id, type: 'coupon' },
    start: ctx.now,
    subscription: owner.subscription ?? null,
    subscription_item: owner.subscription_item ?? null,
  })
  // A deleted coupon goes on discounting what it was redeemed for.
  ctx.account.memory.set(`coupon of ${discount.id}`, coupon)
  return discount
}

/** Emits `customer.discount.created` for discounts of a subscription or customer, once it is certain that they stay. */
export function announceDiscounts(ctx: Context, ids: readonly string[]): void {
  for (const id of ids) ctx.emit('customer.discount.created', ctx.tables.discount.need(id))
}

/** Undoes redemptions of a request that came to nothing. */
export function unmakeDiscounts(ctx: Context, ids: readonly string[]): void {
  for (const id of ids) {
    const discount = ctx.tables.discount.remove(id)
    const coupon = ctx.tables.coupon.get(discount?.source.coupon ?? '')
    if (coupon) giveBack(ctx, coupon)
    const code = ctx.tables.promotion_code.get(discount?.promotion_code ?? '')
    if (!code) continue
    const wasUsedUp = code.max_redemptions !== null && code.times_redeemed >= code.max_redemptions
    const times_redeemed = code.times_redeemed - 1
    ctx.tables.promotion_code.patch(code.id, { active: code.active || wasUsedUp, times_redeemed })
  }
}

function giveBack(ctx: Context, coupon: Coupon): void {
  const times_redeemed = coupon.times_redeemed - 1
  ctx.tables.coupon.patch(coupon.id, { times_redeemed, valid: isCouponValid({ ...coupon, times_redeemed }, ctx.now) })
}

const couponOf = (ctx: Context, discount: string): Coupon | undefined =>
  ctx.account.memory.get(`coupon of ${discount}`) as Coupon | undefined

/** Takes a discount away from its subscription or customer: emits the event only, whoever holds the id lets go of it. */
export function endDiscount(ctx: Context, id: string): void {
  const discount = ctx.tables.discount.get(id)
  if (discount) ctx.emit('customer.discount.deleted', discount)
}

/** Good for one invoice only. */
export const isOnce = (ctx: Context, discount: string): boolean => couponOf(ctx, discount)?.duration === 'once'

/** Those that have not ended. */
export const activeDiscounts = (ctx: Context, ids: readonly string[], now: number): string[] =>
  ids.filter((id) => {
    const end = ctx.tables.discount.get(id)?.end ?? null
    return end === null || end > now
  })

/** What discounts take off in a currency. An amount in another currency takes nothing off. */
export const termsOf = (ctx: Context, ids: readonly string[], currency: string): DiscountTerms[] =>
  ids.map((id) => {
    const coupon = couponOf(ctx, id)
    const amount_off =
      coupon?.currency === currency ? coupon.amount_off : coupon?.currency_options?.[currency]?.amount_off
    return { id, percent_off: coupon?.percent_off, amount_off, products: coupon?.applies_to?.products }
  })

/** The ids in an array of expandable objects, which the store only holds as ids. */
export const idsOf = (list: readonly (string | { id: string })[] | null | undefined): string[] =>
  (list ?? []).map((each) => (typeof each === 'string' ? each : each.id))
