import type { Context } from '../define.ts'
import { invoiceIsPaid } from '../subscription/after-payment.ts'
import { type Invoice, updateInvoice } from './draft.ts'

/** Nothing is left to pay: emits `invoice.paid` and `invoice.payment_succeeded`, then tells the subscription. */
export function markPaid(ctx: Context, invoice: Invoice, how: { outOfBand?: boolean } = {}): Invoice {
  ctx.unschedule('invoice', 'retry', invoice.id)
  const { amount_due } = invoice
  const paid = ctx.tables.invoice.patch(invoice.id, {
    amount_paid: how.outOfBand ? amount_due : invoice.amount_paid,
    ...(how.outOfBand && { amount_paid_off_stripe: amount_due }),
    amount_remaining: 0,
    attempted: true,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'paid',
    status_transitions: { ...invoice.status_transitions, paid_at: ctx.now },
  })
  ctx.emit('invoice.paid', paid)
  ctx.emit('invoice.payment_succeeded', paid)
  invoiceIsPaid(ctx, paid)
  return ctx.tables.invoice.need(paid.id)
}

/** Credits money to an invoice; the invoice is paid when nothing is left. Overpayment becomes the customer's credit. */
export function creditPayment(ctx: Context, invoice: Invoice, paymentId: string, amount: number): Invoice {
  const payment = ctx.tables.invoice_payment.patch(paymentId, {
    amount_paid: amount,
    status: 'paid',
    status_transitions: { canceled_at: null, paid_at: ctx.now },
  })
  ctx.emit('invoice_payment.paid', payment)
  const amount_paid = invoice.amount_paid + amount
  const left = Math.max(0, invoice.amount_due - amount_paid)
  const fields = {
    amount_paid,
    amount_remaining: left,
    amount_overpaid: Math.max(0, amount_paid - invoice.amount_due),
    attempted: true,
  }
  if (left > 0) return updateInvoice(ctx, invoice, fields)
  return markPaid(ctx, ctx.tables.invoice.patch(invoice.id, fields))
}
