import { discountLines } from '../billing/discount.ts'
import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { type DiscountInput, makeDiscounts, needMinimum, termsOf, unmakeDiscounts } from '../invoicing/discount.ts'
import { itemAmount, keepLineItems, type LineItem, lineItemsOf } from './line-items.ts'
import { dataOf, keepData, type Session } from './session.ts'
import { automaticTaxFor, sessionTax, withTax } from './tax.ts'

const key = (session: string) => `checkout discounts ${session}`

const redeemed = (ctx: Context, session: Session): string[] =>
  (ctx.account.memory.get(key(session.id)) as string[] | undefined) ?? []

/** Takes a code that a customer typed off the price; throws what Stripe says of one that cannot be used. */
export function applyPromotionCode(ctx: Context, session: Session, typed: string): Session {
  const code = [...ctx.tables.promotion_code.all()].find(
    (each) =>
      each.active &&
      each.code.toUpperCase() === typed.trim().toUpperCase() &&
      (each.customer === null || each.customer === session.customer),
  )
  if (!code || !session.allow_promotion_codes)
    throw stripeError(400, undefined, 'This code is invalid.', 'promotion_code')
  return applyDiscounts(ctx, session, [{ promotion_code: code.id }])
}

/** Replaces the discounts of an open session. They are redeemed now, and given back when they are taken away again. */
export function applyDiscounts(ctx: Context, session: Session, inputs: readonly DiscountInput[]): Session {
  const old = redeemed(ctx, session)
  const owner = { customer: session.customer, checkout_session: session.id }
  const ids = makeDiscounts(ctx, inputs, owner)
  try {
    needMinimum(ctx, ids, session.amount_subtotal ?? 0, session.currency ?? 'usd')
  } catch (error) {
    unmakeDiscounts(ctx, ids)
    throw error
  }
  unmakeDiscounts(ctx, old)
  ctx.account.memory.set(key(session.id), ids)
  const discounts = ids.map((id) => {
    const { promotion_code, source } = ctx.tables.discount.need(id)
    return { coupon: promotion_code ? null : source.coupon, promotion_code }
  })
  ctx.tables['checkout.session'].patch(session.id, { discounts: discounts.length > 0 ? discounts : null })
  if (session.mode === 'subscription') handOver(ctx, session, ids)
  return reprice(ctx, session)
}

/** What a session that was not paid had redeemed can be redeemed by others again. */
export function giveBackDiscounts(ctx: Context, session: Session): void {
  unmakeDiscounts(ctx, redeemed(ctx, session))
  ctx.account.memory.delete(key(session.id))
}

/** The subscription starts with these very discounts, so that they are redeemed once. */
function handOver(ctx: Context, session: Session, ids: readonly string[]): void {
  const data = dataOf(ctx, session.id)
  const { discounts: _, ...plain } = data.subscription_data ?? {}
  const discounts = ids.map((discount) => ({ discount }))
  keepData(ctx, session.id, {
    ...data,
    subscription_data: discounts.length > 0 ? { ...plain, discounts } : plain,
  })
}

/** Changes how many of a line the customer wants, within what the shop allows. */
export function changeQuantity(ctx: Context, session: Session, item: string, quantity: number): Session {
  const items = lineItemsOf(session.id, ctx.account)
  const line = items.find(({ id }) => id === item)
  const bounds = line && quantityBounds(line)
  if (!line?.price || !bounds)
    throw stripeError(400, undefined, 'The quantity of this item cannot be changed.', 'quantity')
  if (!Number.isInteger(quantity) || quantity < bounds.minimum || quantity > bounds.maximum)
    throw stripeError(400, undefined, `Enter a quantity between ${bounds.minimum} and ${bounds.maximum}.`, 'quantity')
  const amount = itemAmount(line.price, quantity)
  const changed = { ...line, amount_subtotal: amount, amount_total: amount, quantity }
  keepLineItems(
    ctx,
    session.id,
    items.map((each) => (each === line ? changed : each)),
  )
  return reprice(ctx, session)
}

/** What the customer may choose between; undefined where the quantity is fixed. */
export function quantityBounds({ adjustable_quantity }: LineItem): { minimum: number; maximum: number } | undefined {
  if (!adjustable_quantity?.enabled) return undefined
  return { minimum: Math.max(1, adjustable_quantity.minimum ?? 1), maximum: adjustable_quantity.maximum ?? 99 }
}

/** Adds everything up again; an attempt that failed goes on with the new amount. */
export function reprice(ctx: Context, { currency, id }: Session): Session {
  const session = ctx.tables['checkout.session'].need(id)
  const before = lineItemsOf(id, ctx.account)
  const lines = before.map((item) => ({
    amount: item.amount_subtotal,
    discountable: true,
    product: item.price?.product,
    discounts: [],
  }))
  const discounts = discountLines(lines, termsOf(ctx, redeemed(ctx, session), currency ?? 'usd'))
  const automatic = automaticTaxFor(ctx, session)
  const items = before.map((item, index) => {
    const amount_discount = discounts[index]!.reduce((sum, { amount }) => sum + amount, 0)
    return withTax(ctx, { ...item, amount_discount }, session, automatic)
  })
  keepLineItems(ctx, id, items)
  const amount_total = total(items, 'amount_total')
  for (const intent of [session.payment_intent, dataOf(ctx, id).first_intent])
    if (intent && amount_total > 0) ctx.tables.payment_intent.patch(intent, { amount: amount_total })
  return ctx.tables['checkout.session'].patch(id, {
    amount_subtotal: total(items, 'amount_subtotal'),
    amount_total,
    automatic_tax: sessionTax(session.automatic_tax.enabled, automatic),
    total_details: {
      ...session.total_details,
      amount_discount: total(items, 'amount_discount'),
      amount_tax: total(items, 'amount_tax'),
    },
  })
}

const total = (
  items: readonly LineItem[],
  field: 'amount_total' | 'amount_subtotal' | 'amount_discount' | 'amount_tax',
): number => items.reduce((sum, item) => sum + item[field], 0)
