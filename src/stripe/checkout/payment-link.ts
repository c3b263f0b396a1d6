import type { Context } from '../define.ts'
import type { Given, Stored } from '../wire.ts'
import { reprice } from './adjust.ts'
import { keepLineItems, lineItemsOf } from './line-items.ts'
import { keepData, type Session } from './session.ts'
import { isTaxed, sessionTax } from './tax.ts'

export type PaymentLink = Stored<'payment_link'>

/** Opens a checkout session for a visitor of a payment link, who may come any number of times. */
export function openLinkSession(ctx: Context, link: PaymentLink): Session {
  const id = ctx.newId('checkout.session')
  const items = lineItemsOf(link.id, ctx.account)
  const total = items.reduce((sum, item) => sum + item.amount_total, 0)
  const mode = items.some(({ price }) => price?.recurring) ? 'subscription' : 'payment'
  keepLineItems(
    ctx,
    id,
    items.map((item) => ({ ...item, id: ctx.newId('item') })),
  )
  keepData(ctx, id, sharedData(link))
  const expires_at = ctx.now + 24 * 3600
  ctx.schedule('checkout.session', 'expire', id, expires_at)
  const session = ctx.tables['checkout.session'].create({
    id,
    allow_promotion_codes: link.allow_promotion_codes,
    amount_subtotal: total,
    amount_total: total,
    automatic_tax: sessionTax(link.automatic_tax.enabled, undefined),
    billing_address_collection: link.billing_address_collection,
    cancel_url: link.url,
    currency: link.currency,
    customer_creation: mode === 'payment' ? link.customer_creation : null,
    expires_at,
    metadata: link.metadata,
    mode,
    payment_link: link.id,
    payment_method_collection: link.payment_method_collection,
    payment_method_types: link.payment_method_types ?? ['card'],
    payment_status: 'unpaid',
    status: 'open',
    submit_type: link.submit_type,
    success_url: link.after_completion.redirect?.url ?? null,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted_page',
    url: ctx.url(`/c/pay/${id}`),
  })
  return isTaxed(ctx, session) ? reprice(ctx, session) : session
}

/** What the link says about the payment: kept for when the visitor pays. */
function sharedData(link: PaymentLink): Parameters<typeof keepData>[2] {
  const { application_fee_amount, on_behalf_of, payment_intent_data: data, subscription_data, transfer_data } = link
  const payment_intent_data: Given<Stored<'payment_intent'>> = {
    ...(application_fee_amount !== null && { application_fee_amount }),
    ...(on_behalf_of !== null && { on_behalf_of }),
    ...(transfer_data && {
      transfer_data: { amount: transfer_data.amount ?? undefined, destination: transfer_data.destination },
    }),
    ...(data && {
      description: data.description,
      metadata: data.metadata,
      setup_future_usage: data.setup_future_usage,
      statement_descriptor: data.statement_descriptor,
      statement_descriptor_suffix: data.statement_descriptor_suffix,
      transfer_group: data.transfer_group,
      ...(data.capture_method === 'manual' && { capture_method: 'manual' }),
    }),
  }
  return { payment_intent_data, ...(subscription_data && { subscription_data: { ...subscription_data } }) }
}

/** A completed session counts against the link's limit; the last one switches the link off. */
export function countCompletion(ctx: Context, id: string): void {
  const link = ctx.tables.payment_link.get(id)
  const completed = link?.restrictions?.completed_sessions
  if (!link || !completed) return
  const count = completed.count + 1
  const isOver = count >= completed.limit
  ctx.tables.payment_link.patch(id, {
    active: link.active && !isOver,
    restrictions: { completed_sessions: { count, limit: completed.limit } },
  })
  if (isOver) ctx.emit('payment_link.updated', id, { active: link.active })
}
