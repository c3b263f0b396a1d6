import { settleBalance } from '../billing/totals.ts'
import type { Context } from '../define.ts'
import { previousAttributes } from '../protocol/diff.ts'
import { automaticTaxFields, automaticTaxOf } from '../tax/automatic.ts'
import type { Given, Stored } from '../wire.ts'
import { idsOf } from './discount.ts'
import {
  type Line,
  type LineRules,
  type LineSpec,
  lineFields,
  linesOf,
  rememberRates,
  specOf,
  taxFields,
  totalsOfSpecs,
} from './line.ts'
import { rateIds, taxRates } from './tax.ts'

export type Invoice = Stored<'invoice'>

const hour = 3600

export interface InvoiceDraft {
  autoAdvance: boolean
  /** Tax is found out by the customer's address. */
  automaticTax?: boolean
  billing_reason: Invoice['billing_reason']
  collection_method: Invoice['collection_method']
  currency: string
  customer: string
  defaultTaxRates?: readonly string[]
  /** Of the whole invoice, redeemed already. */
  discounts: readonly string[]
  fields?: Given<Invoice>
  /** First one shown first. */
  lines: readonly LineSpec[]
  period: { start: number; end: number }
  subscription?: { id: string; metadata: Record<string, string>; prorationDate?: number }
}

/** Stores a draft with its lines and emits `invoice.created`. With `autoAdvance` it is finalized an hour later. */
export function createInvoice(ctx: Context, draft: InvoiceDraft, id = ctx.newId('invoice')): Invoice {
  const finalizesAt = draft.autoAdvance ? ctx.now + hour : null
  const invoice = storeDraft(ctx, id, draft, { automatically_finalizes_at: finalizesAt })
  if (finalizesAt !== null) ctx.schedule('invoice', 'advance', id, finalizesAt, invoice.test_clock)
  ctx.emit('invoice.created', invoice)
  return invoice
}

/** What an invoice would be: whole, with an id that leads nowhere, stored nowhere. */
export function previewInvoice(ctx: Context, draft: InvoiceDraft): Invoice {
  const id = `upcoming_${ctx.newId('invoice')}`
  const invoice = storeDraft(ctx, id, { ...draft, autoAdvance: false }, {})
  for (const line of linesOf(ctx, id)) ctx.tables.line_item.remove(line.id)
  ctx.tables.invoice.remove(id)
  return invoice
}

function storeDraft(ctx: Context, id: string, draft: InvoiceDraft, more: Given<Invoice>): Invoice {
  const customer = ctx.tables.customer.need(draft.customer, 'customer')
  const defaultTaxRates = draft.defaultTaxRates ?? []
  const automatic = draft.automaticTax ? automaticTaxOf(ctx, customer, draft.currency) : undefined
  const rules: LineRules = {
    automatic,
    currency: draft.currency,
    defaultTaxRates,
    discounts: draft.discounts,
    taxExempt: customer.tax_exempt ?? null,
  }
  const totals = totalsOfSpecs(ctx, draft.lines, rules)
  for (const [index, spec] of [...draft.lines.entries()].reverse()) {
    const fields = lineFields(spec, totals.lines[index]!, id)
    rememberRates(ctx, ctx.tables.line_item.create(fields).id, spec.taxRates)
  }
  const lines = linesOf(ctx, id)
  return ctx.tables.invoice.create({
    id,
    account_country: 'US',
    account_name: 'gatekit sandbox',
    amount_paid: 0,
    attempt_count: 0,
    attempted: false,
    auto_advance: draft.autoAdvance,
    automatic_tax: automaticTaxFields(draft.automaticTax === true, automatic),
    billing_reason: draft.billing_reason,
    collection_method: draft.collection_method,
    created: ctx.now,
    currency: draft.currency,
    customer: draft.customer,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: customer.shipping as Given<Invoice>['customer_shipping'],
    customer_tax_exempt: customer.tax_exempt ?? 'none',
    customer_tax_ids: ctx.tables.tax_id.by('customer', customer.id).map(({ type, value }) => ({ type, value })),
    default_tax_rates: taxRates(ctx, defaultTaxRates, 'default_tax_rates'),
    discounts: [...draft.discounts],
    ending_balance: null,
    issuer: { type: 'self' },
    lines: embed(id, lines),
    metadata: {},
    parent: parentOf(draft),
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: draft.period.end,
    period_start: draft.period.start,
    starting_balance: customer.balance,
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    test_clock: customer.test_clock ?? null,
    webhooks_delivered_at: ctx.now,
    ...totalFields(totals, customer.balance, draft.currency),
    ...draft.fields,
    ...more,
  })
}

/** Lines that an invoice shows at once; the rest is in its list of lines. */
const shownLines = 10

const embed = (id: string, lines: Line[]): Given<Invoice>['lines'] => ({
  object: 'list',
  data: lines.slice(0, shownLines),
  has_more: lines.length > shownLines,
  url: `/v1/invoices/${id}/lines`,
  ...{ total_count: lines.length },
})

const parentOf = ({ subscription }: InvoiceDraft): Given<Invoice>['parent'] =>
  subscription
    ? {
        quote_details: null,
        subscription_details: {
          metadata: subscription.metadata,
          subscription: subscription.id,
          ...(subscription.prorationDate !== undefined && { subscription_proration_date: subscription.prorationDate }),
        },
        type: 'subscription_details',
      }
    : null

function totalFields(
  totals: ReturnType<typeof totalsOfSpecs>,
  balance: number,
  currency: string,
  shipping = 0,
): Given<Invoice> {
  const total = totals.total + shipping
  const { amount_due } = settleBalance(total, balance, currency)
  return {
    amount_due,
    amount_remaining: amount_due,
    amount_shipping: shipping,
    subtotal: totals.subtotal,
    subtotal_excluding_tax: totals.subtotal_excluding_tax,
    total,
    total_discount_amounts: totals.discounts,
    total_excluding_tax: totals.total_excluding_tax + shipping,
    total_pretax_credit_amounts: totals.discounts.map(({ amount, discount }) => ({
      amount,
      discount,
      type: 'discount',
    })),
    total_taxes: totals.taxes.map(taxFields),
  }
}

/** Computes a draft's lines and amounts anew, after its lines, discounts, rates or the customer's balance changed. */
export function recalculate(ctx: Context, id: string, fields: Given<Invoice> = {}): Invoice {
  const draft = ctx.tables.invoice.patch(id, fields)
  const customer = ctx.tables.customer.get(draft.customer ?? '')
  const balance = customer?.balance ?? 0
  const { enabled } = draft.automatic_tax
  const automatic = enabled && customer ? automaticTaxOf(ctx, customer, draft.currency) : undefined
  const rules: LineRules = {
    automatic,
    currency: draft.currency,
    defaultTaxRates: rateIds(draft.default_tax_rates),
    discounts: idsOf(draft.discounts),
    taxExempt: draft.customer_tax_exempt,
  }
  const lines = linesOf(ctx, id)
  const specs = lines.map((line) => specOf(ctx, line))
  const totals = totalsOfSpecs(ctx, specs, rules)
  for (const [index, spec] of specs.entries())
    ctx.tables.line_item.patch(lines[index]!.id, lineFields(spec, totals.lines[index]!, id))
  const shipping = draft.shipping_cost?.amount_total ?? 0
  return ctx.tables.invoice.patch(id, {
    lines: embed(id, linesOf(ctx, id)),
    starting_balance: balance,
    ...(enabled && { automatic_tax: automaticTaxFields(true, automatic) }),
    ...totalFields(totals, balance, draft.currency, shipping),
    total_pretax_credit_amounts: linesOf(ctx, id).flatMap((line) => line.pretax_credit_amounts ?? []),
  })
}

/** Stores changes of an invoice and emits `invoice.updated` with what changed. */
export function updateInvoice(ctx: Context, invoice: Invoice, fields: Given<Invoice>): Invoice {
  const updated = ctx.tables.invoice.patch(invoice.id, fields)
  const previous = previousAttributes(invoice, updated)
  if (previous) ctx.emit('invoice.updated', updated, previous)
  return updated
}

/** The subscription an invoice belongs to, or null. */
export const subscriptionOf = (invoice: Invoice): string | null =>
  invoice.parent?.subscription_details?.subscription ?? null
