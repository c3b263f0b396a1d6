import type { Context } from '../define.ts'
import { StripeError } from '../error.ts'
import type { Stored } from '../wire.ts'
import { paymentFailed } from './collect.ts'
import { paymentOfIntent } from './finalize.ts'
import { creditPayment } from './settle.ts'
import { onClock } from './time.ts'

/**
 * What a payment intent's fate means for the invoice it pays: money is credited, a failed attempt of the customer's own counts as one.
 * Attempts that the invoice itself makes are accounted for where they are made.
 */
export function intentMoved(context: Context, intent: Stored<'payment_intent'>, event: string): void {
  const payment = paymentOfIntent(context, intent.id)
  const invoice = context.tables.invoice.get(payment?.invoice ?? '')
  if (!payment || !invoice || payment.status !== 'open') return
  const ctx = onClock(context, invoice.test_clock)
  if (event === 'payment_intent.succeeded') creditPayment(ctx, invoice, payment.id, intent.amount_received)
  if (event === 'payment_intent.payment_failed' && invoice.status === 'open')
    paymentFailed(ctx, invoice, new StripeError(402, { ...intent.last_payment_error, type: 'card_error' }))
}
