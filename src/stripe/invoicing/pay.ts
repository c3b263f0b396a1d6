import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { moveIntent } from '../payment/intent.ts'
import { collectInvoice } from './collect.ts'
import type { Invoice } from './draft.ts'
import { finalizeInvoice, intentOf, linkIntent } from './finalize.ts'
import { creditPayment, markPaid } from './settle.ts'

export interface PayOrder {
  off_session?: boolean | undefined
  paid_out_of_band?: boolean | undefined
  payment_method?: string | undefined
  source?: string | undefined
}

/** Pays an invoice now; a draft is finalized first. A failed payment is stored, then thrown. */
export function payInvoice(ctx: Context, invoice: Invoice, order: PayOrder): Invoice {
  const open = invoice.status === 'draft' ? finalizeInvoice(ctx, invoice) : invoice
  if (invoice.status === 'paid') throw stripeError(400, undefined, 'Invoice is already paid')
  if (open.status === 'paid') return open
  if (open.status === 'void') throw stripeError(400, undefined, 'This invoice is void and can no longer be paid.')
  if (order.paid_out_of_band) return payOutside(ctx, open)
  const paid = collectInvoice(ctx, open, {
    payment_method: order.payment_method ?? order.source,
    offSession: order.off_session ?? true,
    isScheduled: false,
  })
  if (paid.failure) throw paid.failure
  return paid.invoice
}

/** The money came another way: the intent is not needed any more. */
function payOutside(ctx: Context, invoice: Invoice): Invoice {
  const intent = intentOf(ctx, invoice)
  if (intent && intent.status !== 'canceled' && intent.status !== 'succeeded')
    moveIntent(
      ctx,
      intent,
      { canceled_at: ctx.now, cancellation_reason: 'automatic', status: 'canceled' },
      'payment_intent.canceled',
    )
  return markPaid(ctx, invoice, { outOfBand: true })
}

/** Adds a payment intent to what pays an invoice; one that has succeeded is credited at once. */
export function attachPayment(ctx: Context, invoice: Invoice, intentId: string | undefined): Invoice {
  if (invoice.status !== 'open')
    throw stripeError(400, undefined, 'Payments can only be attached to open invoices.', 'payment_intent')
  const intent = ctx.tables.payment_intent.need(intentId, 'payment_intent')
  linkIntent(ctx, invoice, intent.id, intent.amount, false)
  if (intent.status !== 'succeeded') return invoice
  const payment = ctx.tables.invoice_payment
    .by('invoice', invoice.id)
    .find((each) => each.payment.payment_intent === intent.id)!
  return creditPayment(ctx, invoice, payment.id, intent.amount_received)
}
