import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { mergeMetadata } from '../protocol/metadata.ts'
import { automaticTaxFields, checkAutomaticTax } from '../tax/automatic.ts'
import type { Given, UpdateParamsOf } from '../wire.ts'
import { type DiscountInput, makeDiscounts } from './discount.ts'
import { type Invoice, recalculate } from './draft.ts'
import { taxRates } from './tax.ts'

/** What may change once an invoice is final. */
const afterFinalizing = new Set([
  'metadata',
  'auto_advance',
  'default_payment_method',
  'default_source',
  'payment_settings',
  'statement_descriptor',
  'rendering',
])

/** Drafts change freely, final invoices hardly. Rules: docs.stripe.com/api/invoices/update. */
export function updateManualInvoice(ctx: Context, invoice: Invoice, params: UpdateParamsOf<'invoice'>): Invoice {
  const isDraft = invoice.status === 'draft'
  const refused = Object.keys(params).find((name) => !isDraft && !afterFinalizing.has(name))
  if (refused)
    throw stripeError(
      400,
      'invoice_not_editable',
      `Finalized invoices can't be updated in this way: \`${refused}\` can only be changed while the invoice is a draft.`,
      refused,
    )
  const fields = fieldsOf(ctx, invoice, params)
  if (isDraft && params.auto_advance !== undefined) setAdvance(ctx, invoice, params.auto_advance, fields)
  return isDraft ? recalculate(ctx, invoice.id, fields) : ctx.tables.invoice.patch(invoice.id, fields)
}

function fieldsOf(ctx: Context, invoice: Invoice, params: UpdateParamsOf<'invoice'>): Given<Invoice> {
  const fields: Given<Invoice> = {}
  if (params.metadata !== undefined) fields.metadata = mergeMetadata(invoice.metadata, params.metadata)
  if (params.auto_advance !== undefined) fields.auto_advance = params.auto_advance
  if (params.default_payment_method !== undefined) fields.default_payment_method = params.default_payment_method
  if (params.default_tax_rates !== undefined)
    fields.default_tax_rates = taxRates(ctx, params.default_tax_rates, 'default_tax_rates')
  checkAutomaticTax(ctx, params)
  if (params.automatic_tax) fields.automatic_tax = automaticTaxFields(params.automatic_tax.enabled, undefined)
  if (params.description !== undefined) fields.description = params.description
  if (params.footer !== undefined) fields.footer = params.footer
  if (params.number !== undefined) fields.number = params.number
  if (params.collection_method !== undefined) fields.collection_method = params.collection_method
  if (params.due_date !== undefined) fields.due_date = params.due_date
  if (params.days_until_due !== undefined) fields.due_date = ctx.now + params.days_until_due * 86_400
  if (params.discounts !== undefined)
    fields.discounts = makeDiscounts(ctx, params.discounts as DiscountInput[] | null, {
      customer: invoice.customer,
      invoice: invoice.id,
    })
  return fields
}

function setAdvance(ctx: Context, invoice: Invoice, advances: boolean, fields: Given<Invoice>): void {
  if (!advances) {
    ctx.unschedule('invoice', 'advance', invoice.id)
    fields.automatically_finalizes_at = null
    return
  }
  const at = invoice.automatically_finalizes_at ?? Math.max(ctx.now, invoice.created + 3600)
  fields.automatically_finalizes_at = at
  ctx.schedule('invoice', 'advance', invoice.id, at, invoice.test_clock)
}
