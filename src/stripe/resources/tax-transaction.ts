import { type Context, defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { pageOf } from '../protocol/small-list.ts'
import type { Given, Stored } from '../wire.ts'

type Transaction = Stored<'tax.transaction'>

/** Records of taxes collected and given back: docs.stripe.com/tax/custom#tax-transaction. */
export const taxTransactions = defineResource({
  object: 'tax.transaction',
  indexes: ['reference'],

  operations: {
    'POST /v1/tax/transactions/create_from_calculation'(ctx) {
      const {
        calculation: from,
        metadata = {},
        posted_at = ctx.now,
        reference,
      } = ctx.params as unknown as FromCalculation
      const calculation = ctx.tables['tax.calculation'].need(from, 'calculation')
      if (calculation.expires_at !== null && calculation.expires_at <= ctx.now)
        throw stripeError(400, undefined, `Tax calculation ${from} has expired.`, 'calculation')
      const { currency, customer, customer_details, line_items, shipping_cost, tax_date } = calculation
      const lines = (line_items?.data ?? []).map(
        ({ amount, amount_tax, metadata: kept, product, quantity, reference: name, tax_behavior, tax_code }) => ({
          amount,
          amount_tax,
          metadata: kept,
          product,
          quantity,
          reference: name,
          tax_behavior,
          tax_code,
          reversal: null,
          type: 'transaction' as const,
        }),
      )
      return record(ctx, reference, lines, {
        currency,
        customer,
        customer_details,
        metadata,
        posted_at,
        reversal: null,
        shipping_cost,
        tax_date,
        type: 'transaction',
      })
    },

    'POST /v1/tax/transactions/create_reversal'(ctx) {
      const { flat_amount, metadata = {}, mode, original_transaction, reference } = ctx.params as unknown as Reversal
      const original = ctx.tables['tax.transaction'].need(original_transaction, 'original_transaction')
      if (original.type === 'reversal')
        throw stripeError(400, undefined, 'A reversal cannot be reversed.', 'original_transaction')
      const total = (original.line_items?.data ?? []).reduce(
        (sum, { amount, amount_tax }) => sum + amount + amount_tax,
        0,
      )
      const part = (value: number) =>
        mode === 'full' || !total ? -value : Math.ceil((value * (flat_amount ?? 0)) / total)
      const lines = (original.line_items?.data ?? []).map(
        ({ amount, amount_tax, id, product, quantity, reference: name, tax_behavior, tax_code }) => ({
          amount: part(amount),
          amount_tax: part(amount_tax),
          metadata: {},
          product,
          quantity,
          reference: name,
          tax_behavior,
          tax_code,
          reversal: { original_line_item: id },
          type: 'reversal' as const,
        }),
      )
      const { currency, customer, customer_details, tax_date } = original
      return record(ctx, reference, lines, {
        currency,
        customer,
        customer_details,
        metadata,
        posted_at: ctx.now,
        reversal: { original_transaction: original.id },
        shipping_cost: null,
        tax_date,
        type: 'reversal',
      })
    },

    'GET /v1/tax/transactions/{id}/line_items'(ctx) {
      const { id, line_items } = ctx.tables['tax.transaction'].need(ctx.path.id)
      return pageOf(line_items?.data ?? [], ctx.params, `/v1/tax/transactions/${id}/line_items`)
    },
  },
})

interface FromCalculation {
  calculation: string
  reference: string
  metadata?: Record<string, string>
  posted_at?: number
}

interface Reversal {
  original_transaction: string
  mode: 'full' | 'partial'
  reference: string
  flat_amount?: number
  metadata?: Record<string, string>
}

/** A reference is good for one transaction. */
function record(
  ctx: Context,
  reference: string,
  lines: Given<Stored<'tax.transaction_line_item'>>[],
  fields: Given<Transaction>,
): Transaction {
  if (ctx.tables['tax.transaction'].by('reference', reference).length > 0)
    throw stripeError(
      400,
      undefined,
      `A tax transaction with the reference "${reference}" already exists.`,
      'reference',
    )
  const id = ctx.newId('tax.transaction')
  const data = lines.map((line) => ctx.tables['tax.transaction_line_item'].create(line))
  return ctx.tables['tax.transaction'].create({
    ...fields,
    id,
    line_items: { object: 'list', data, has_more: false, url: `/v1/tax/transactions/${id}/line_items` },
    reference,
  })
}
