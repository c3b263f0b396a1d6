import type { Context } from '../define.ts'
import { type Discount, endDiscount, makeDiscounts } from '../invoicing/discount.ts'
import type { Stored } from '../wire.ts'

interface Given {
  /** `''` takes the discount away. */
  coupon?: string | null
  promotion_code?: string | null
}

/**
 * Gives a customer the discount that `coupon` or `promotion_code` names, as versions before 2025-09-30 do; undefined when neither is
 * given. It takes the place of the one the customer has.
 */
export function changeDiscount(
  ctx: Context,
  customer: Stored<'customer'>,
  params: object,
): { discount: Discount | null } | undefined {
  const { coupon, promotion_code } = params as Given
  if (coupon === undefined && promotion_code === undefined) return undefined
  const old = (customer.discount ?? null) as Discount | null
  if (!coupon && !promotion_code) return removeDiscount(ctx, old)
  const input = { ...(coupon && { coupon }), ...(promotion_code && { promotion_code }) }
  const [id] = makeDiscounts(ctx, [input], { customer: customer.id }, 'coupon')
  const discount = ctx.tables.discount.need(id)
  ctx.emit(`customer.discount.${old ? 'updated' : 'created'}`, discount, old ? changes(old, discount) : undefined)
  return { discount }
}

export function removeDiscount(ctx: Context, discount: Discount | null): { discount: null } {
  if (discount) endDiscount(ctx, discount.id)
  return { discount: null }
}

const changes = ({ id, source, start }: Discount, now: Discount) => ({
  id,
  ...(source.coupon !== now.source.coupon && { source }),
  ...(start !== now.start && { start }),
})
