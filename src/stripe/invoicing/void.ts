import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { moveIntent } from '../payment/intent.ts'
import { moveBalance } from './balance.ts'
import { returnBillingCredits } from './billing-credit.ts'
import type { Invoice } from './draft.ts'
import { intentOf } from './finalize.ts'

/** Takes a final invoice out of the world: its payment is canceled, what it took of the customer's balance comes back. */
export function voidInvoice(ctx: Context, invoice: Invoice): Invoice {
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible')
    throw stripeError(
      400,
      undefined,
      `You can only pass in open or uncollectible invoices. This invoice isn't open or uncollectible.`,
    )
  ctx.unschedule('invoice', 'retry', invoice.id)
  ctx.unschedule('invoice', 'overdue', invoice.id)
  const intent = intentOf(ctx, invoice)
  if (intent && intent.status !== 'succeeded' && intent.status !== 'canceled')
    moveIntent(
      ctx,
      intent,
      { canceled_at: ctx.now, cancellation_reason: 'void_invoice', next_action: null, status: 'canceled' },
      'payment_intent.canceled',
    )
  for (const payment of ctx.tables.invoice_payment.by('invoice', invoice.id))
    if (payment.status === 'open')
      ctx.tables.invoice_payment.patch(payment.id, {
        status: 'canceled',
        status_transitions: { canceled_at: ctx.now, paid_at: null },
      })
  const applied = (invoice.ending_balance ?? invoice.starting_balance) - invoice.starting_balance
  if (applied !== 0 && invoice.customer)
    moveBalance(ctx, invoice.customer, {
      amount: -applied,
      currency: invoice.currency,
      invoice: invoice.id,
      type: 'unapplied_from_invoice',
    })
  returnBillingCredits(ctx, invoice.id)
  const voided = ctx.tables.invoice.patch(invoice.id, {
    auto_advance: false,
    next_payment_attempt: null,
    status: 'void',
    status_transitions: { ...invoice.status_transitions, voided_at: ctx.now },
  })
  ctx.emit('invoice.voided', voided)
  return voided
}

/** Writes an open invoice off as bad debt; it can still be paid. */
export function markUncollectible(ctx: Context, invoice: Invoice): Invoice {
  if (invoice.status !== 'open')
    throw stripeError(400, undefined, `You can only pass in open invoices. This invoice isn't open.`)
  ctx.unschedule('invoice', 'retry', invoice.id)
  const written = ctx.tables.invoice.patch(invoice.id, {
    auto_advance: false,
    next_payment_attempt: null,
    status: 'uncollectible',
    status_transitions: { ...invoice.status_transitions, marked_uncollectible_at: ctx.now },
  })
  ctx.emit('invoice.marked_uncollectible', written)
  return written
}
