import { formatAmount } from '../billing/currency.ts'
import type { PricePart } from '../billing/pricing.ts'
import type { Context } from '../define.ts'
import type { Price } from './record.ts'

export const productName = (ctx: Context, price: Price): string =>
  ctx.tables.product.get(price.product)?.name ?? price.nickname ?? price.product

/** `1 × Pro (at $10.00 / month)`, with its tier where it has one. */
export function describePart(ctx: Context, price: Price, part: PricePart, currency: string): string {
  const amount = formatAmount(part.unit_amount_decimal, currency)
  const tier = part.tier === undefined ? 'at' : `Tier ${part.tier} at`
  return `${part.quantity} × ${productName(ctx, price)} (${tier} ${amount}${rhythmOf(price)})`
}

function rhythmOf({ recurring }: Price): string {
  if (!recurring) return ''
  const { interval, interval_count } = recurring
  return interval_count === 1 ? ` / ${interval}` : ` / every ${interval_count} ${interval}s`
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** `Remaining time on 2 × Pro after 15 Jan 2026`. `at` is in epoch seconds, the day is UTC's. */
export function describeProration(
  ctx: Context,
  what: 'Remaining' | 'Unused',
  price: Price,
  quantity: number,
  at: number,
): string {
  const date = new Date(at * 1000)
  const day = `${String(date.getUTCDate()).padStart(2, '0')} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`
  const name = productName(ctx, price)
  return `${what} time on ${quantity === 1 ? name : `${quantity} × ${name}`} after ${day}`
}
