import { fractionOf } from '../billing/decimal.ts'
import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { bookRefund, refundableAmount } from '../payment/refund.ts'
import type { CreateParamsOf, Given, Stored } from '../wire.ts'
import { moveBalance } from './balance.ts'
import { type Invoice, updateInvoice } from './draft.ts'
import { intentOf } from './finalize.ts'
import { linesOf } from './line.ts'
import { markPaid } from './settle.ts'

export type CreditNote = Stored<'credit_note'>
export type CreditNoteParams = CreateParamsOf<'credit_note'>
type NoteLine = Given<Stored<'credit_note_line_item'>>

/** What a credit note would be, without any effect. Rules: docs.stripe.com/api/credit_notes/create. */
export function creditNoteFields(ctx: Context, params: CreditNoteParams, id: string): Given<CreditNote> {
  const invoice = ctx.tables.invoice.need(params.invoice, 'invoice')
  if (invoice.status !== 'open' && invoice.status !== 'paid')
    throw stripeError(400, undefined, 'You can only create a credit note for open or paid invoices.', 'invoice')
  const lines = linesFor(ctx, invoice, params)
  const amounts = addUp(lines)
  needWithin(invoice, amounts.total)
  const pre = invoice.status === 'open' ? Math.min(amounts.total, invoice.amount_remaining) : 0
  const post = amounts.total - pre
  needCovered(params, post, invoice)
  return {
    id,
    ...amounts,
    amount: amounts.total,
    amount_shipping: 0,
    created: ctx.now,
    currency: invoice.currency,
    customer: invoice.customer ?? '',
    discount_amounts: [],
    effective_at: params.effective_at ?? ctx.now,
    invoice: invoice.id,
    lines: { object: 'list', data: lines, has_more: false, url: `/v1/credit_notes/${id}/lines` },
    memo: params.memo ?? null,
    metadata: params.metadata ?? {},
    number: `${invoice.number}-CN-${String(notesOf(ctx, invoice.id).length + 1).padStart(2, '0')}`,
    out_of_band_amount: params.out_of_band_amount ?? null,
    pdf: ctx.url(`/credit_notes/${id}/pdf`),
    post_payment_amount: post,
    pre_payment_amount: pre,
    pretax_credit_amounts: [],
    reason: params.reason ?? null,
    refunds: [],
    status: 'issued',
    type: post === 0 ? 'pre_payment' : pre === 0 ? 'post_payment' : 'mixed',
    voided_at: null,
  }
}

const notesOf = (ctx: Context, invoice: string): CreditNote[] => ctx.tables.credit_note.by('invoice', invoice)

function linesFor(ctx: Context, invoice: Invoice, params: CreditNoteParams): NoteLine[] {
  if (params.lines)
    return params.lines.map((line, index) =>
      line.type === 'custom_line_item'
        ? customLine(ctx, line.description ?? '', (line.unit_amount ?? 0) * (line.quantity ?? 1), line.quantity ?? 1)
        : invoiceLine(ctx, invoice, line, index),
    )
  const amount =
    params.amount ?? (params.credit_amount ?? 0) + (params.refund_amount ?? 0) + (params.out_of_band_amount ?? 0)
  if (amount < 1)
    throw stripeError(
      400,
      'parameter_missing',
      'You must provide one of `amount`, `lines` or `shipping_cost`.',
      'amount',
    )
  return [customLine(ctx, 'Credit', amount, 1)]
}

const customLine = (ctx: Context, description: string, amount: number, quantity: number): NoteLine => ({
  id: ctx.newId('credit_note_line_item'),
  object: 'credit_note_line_item',
  amount,
  description,
  discount_amount: 0,
  discount_amounts: [],
  metadata: {},
  pretax_credit_amounts: [],
  quantity,
  tax_rates: [],
  taxes: [],
  type: 'custom_line_item',
  unit_amount: quantity === 0 ? 0 : fractionOf(amount, 1, quantity),
  unit_amount_decimal: String(quantity === 0 ? 0 : fractionOf(amount, 1, quantity)),
})

/** The part of an invoice's line, with its part of the discounts and taxes. */
function invoiceLine(
  ctx: Context,
  invoice: Invoice,
  input: { invoice_line_item?: string | undefined; amount?: number | undefined; quantity?: number | undefined },
  index: number,
): NoteLine {
  const line = linesOf(ctx, invoice.id).find(({ id }) => id === input.invoice_line_item)
  if (!line)
    throw stripeError(
      400,
      'resource_missing',
      `No such invoice line item: '${input.invoice_line_item ?? ''}'`,
      `lines[${index}][invoice_line_item]`,
    )
  const quantity = input.quantity ?? line.quantity ?? 1
  const amount = input.amount ?? fractionOf(line.amount, quantity, line.quantity || 1)
  const share = (value: number): number => (line.amount === 0 ? 0 : fractionOf(value, amount, line.amount))
  const discounts = (line.discount_amounts ?? []).map((each) => ({ ...each, amount: share(each.amount) }))
  return {
    ...customLine(ctx, line.description ?? '', amount, quantity),
    discount_amount: discounts.reduce((sum, each) => sum + each.amount, 0),
    discount_amounts: discounts,
    invoice_line_item: line.id,
    taxes: (line.taxes ?? []).map((tax) => ({
      ...tax,
      amount: share(tax.amount),
      taxable_amount: share(tax.taxable_amount ?? 0),
    })),
    type: 'invoice_line_item',
  }
}

function addUp(lines: readonly NoteLine[]) {
  const sum = (of: (line: NoteLine) => number): number => lines.reduce((total, line) => total + of(line), 0)
  const tax = (line: NoteLine, behavior: string): number =>
    (line.taxes ?? [])
      .filter(({ tax_behavior }) => tax_behavior === behavior)
      .reduce((total, { amount = 0 }) => total + amount, 0)
  const subtotal = sum(({ amount = 0 }) => amount)
  const discount_amount = sum((line) => line.discount_amount ?? 0)
  const exclusive = sum((line) => tax(line, 'exclusive'))
  const inclusive = sum((line) => tax(line, 'inclusive'))
  const total = subtotal - discount_amount + exclusive
  return {
    discount_amount,
    subtotal,
    subtotal_excluding_tax: subtotal - inclusive,
    total,
    total_excluding_tax: total - exclusive - inclusive,
    total_taxes: lines.flatMap((line) => line.taxes ?? []),
  }
}

function needWithin(invoice: Invoice, total: number): void {
  const credited = invoice.pre_payment_credit_notes_amount + invoice.post_payment_credit_notes_amount
  if (total <= invoice.total - credited) return
  throw stripeError(
    400,
    undefined,
    `The credit note amount (${total}) is greater than the amount of the invoice that has not been credited yet (${invoice.total - credited}).`,
    'amount',
  )
}

function needCovered(params: CreditNoteParams, post: number, invoice: Invoice): void {
  const { credit_amount = 0, out_of_band_amount = 0, refund_amount = 0 } = params
  const linked = (params.refunds ?? []).reduce((sum, { amount_refunded = 0 }) => sum + amount_refunded, 0)
  const given = credit_amount + out_of_band_amount + refund_amount + linked
  if (given === post) return
  throw stripeError(
    400,
    undefined,
    `The sum of credit amount, refund amount and out of band amount (${given}) must equal the post-payment amount of the credit note (${post} ${invoice.currency}).`,
  )
}

/** What a new credit note does: less to pay on an open invoice; money or credit back for a paid one. */
export function issueCreditNote(ctx: Context, note: CreditNote, params: CreditNoteParams): CreditNote {
  const invoice = ctx.tables.invoice.need(note.invoice)
  reduceInvoice(ctx, invoice, note)
  const { credit_amount, refund_amount } = params
  const entry = credit_amount
    ? moveBalance(ctx, note.customer, {
        amount: -credit_amount,
        creditNote: note.id,
        currency: note.currency,
        invoice: invoice.id,
        type: 'credit_note',
      })
    : undefined
  const refund = refund_amount ? refundFor(ctx, invoice, refund_amount) : undefined
  return ctx.tables.credit_note.patch(note.id, {
    customer_balance_transaction: entry?.id ?? null,
    refunds: refund ? [{ amount_refunded: refund.amount, refund: refund.id, type: 'refund' }] : [],
  })
}

function reduceInvoice(ctx: Context, invoice: Invoice, note: CreditNote, sign = 1): void {
  const pre = sign * note.pre_payment_amount
  const updated = updateInvoice(ctx, invoice, {
    amount_due: invoice.amount_due - pre,
    amount_remaining: invoice.amount_remaining - pre,
    post_payment_credit_notes_amount: invoice.post_payment_credit_notes_amount + sign * note.post_payment_amount,
    pre_payment_credit_notes_amount: invoice.pre_payment_credit_notes_amount + pre,
  })
  if (pre === 0) return
  const intent = intentOf(ctx, invoice)
  if (intent && updated.amount_remaining > 0)
    ctx.tables.payment_intent.patch(intent.id, { amount: updated.amount_remaining })
  if (updated.status === 'open' && updated.amount_remaining === 0) markPaid(ctx, updated)
}

function refundFor(ctx: Context, invoice: Invoice, wanted: number): Stored<'refund'> {
  const charge = ctx.tables.charge.get(intentOf(ctx, invoice)?.latest_charge ?? '')
  if (!charge)
    throw stripeError(400, undefined, 'This invoice was not paid with a charge that can be refunded.', 'refund_amount')
  const id = ctx.newId('refund')
  const booked = bookRefund(ctx, id, charge, refundableAmount(ctx, charge, wanted))
  const refund = ctx.tables.refund.create({ id, metadata: {}, ...booked.fields })
  ctx.emit('refund.created', refund)
  ctx.emit('charge.refunded', booked.charge, { amount_refunded: charge.amount_refunded })
  return refund
}

/** Takes a credit note back; only one that reduced an invoice which is still open. */
export function voidCreditNote(ctx: Context, note: CreditNote): CreditNote {
  const invoice = ctx.tables.invoice.need(note.invoice)
  if (note.status === 'void' || invoice.status !== 'open' || note.type !== 'pre_payment')
    throw stripeError(400, undefined, 'You can only void issued credit notes of open invoices.')
  reduceInvoice(ctx, invoice, note, -1)
  const voided = ctx.tables.credit_note.patch(note.id, { status: 'void', voided_at: ctx.now })
  ctx.emit('credit_note.voided', voided)
  return voided
}
