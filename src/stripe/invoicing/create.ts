import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { checkAutomaticTax } from '../tax/automatic.ts'
import type { CreateParamsOf, Given } from '../wire.ts'
import { type DiscountInput, makeDiscounts } from './discount.ts'
import { createInvoice, type Invoice, type InvoiceDraft } from './draft.ts'
import { attachItems, pendingItems, specOfItem } from './items.ts'
import { clockOf, onClock } from './time.ts'

export type InvoiceParams = Extract<CreateParamsOf<'invoice'>, { pending_invoice_items_behavior?: unknown }>

const day = 86_400

/** A draft that somebody asks for: for a customer, or for what a subscription has waiting. Rules: docs.stripe.com/api/invoices/create. */
export function createManualInvoice(context: Context, params: InvoiceParams, id: string): Invoice {
  const subscription = params.subscription
    ? context.tables.subscription.need(params.subscription, 'subscription')
    : undefined
  const customerId = params.customer ?? subscription?.customer ?? originalCustomer(context, params)
  if (!customerId) throw stripeError(400, 'parameter_missing', 'Missing required param: customer.', 'customer')
  const customer = context.tables.customer.need(customerId, 'customer')
  const ctx = onClock(context, clockOf(context, customerId))
  const currency = (params.currency ?? subscription?.currency ?? customer.currency ?? 'usd').toLowerCase()
  const takesPending = params.pending_invoice_items_behavior === 'include' || subscription !== undefined
  const items = takesPending ? pendingItems(ctx, customerId, currency, subscription?.id) : []
  if (subscription && items.length === 0)
    throw stripeError(400, 'invoice_no_subscription_line_items', 'Nothing to invoice for subscription', 'subscription')
  checkAutomaticTax(ctx, params)
  const draft: InvoiceDraft = {
    autoAdvance: params.auto_advance === true,
    automaticTax: params.automatic_tax?.enabled ?? subscription?.automatic_tax.enabled ?? false,
    billing_reason: 'manual',
    collection_method: params.collection_method ?? 'charge_automatically',
    currency,
    customer: customerId,
    defaultTaxRates: params.default_tax_rates ?? [],
    discounts: discountsFor(ctx, params.discounts as DiscountInput[] | null | undefined, customer, id),
    fields: plainFields(ctx, params),
    lines: items.map(specOfItem),
    period: { start: ctx.now, end: ctx.now },
    ...(subscription && { subscription: { id: subscription.id, metadata: subscription.metadata } }),
  }
  const invoice = createInvoice(ctx, draft, id)
  attachItems(ctx, items, id)
  return invoice
}

const originalCustomer = (ctx: Context, { from_invoice }: InvoiceParams): string | null =>
  from_invoice ? ctx.tables.invoice.need(from_invoice.invoice, 'from_invoice[invoice]').customer : null

/** Without any of its own an invoice takes the customer's discount; `""` takes none. */
function discountsFor(
  ctx: Context,
  given: DiscountInput[] | null | undefined,
  customer: { id: string; discount?: unknown },
  invoice: string,
): string[] {
  if (given !== undefined) return makeDiscounts(ctx, given, { customer: customer.id, invoice })
  const own = customer.discount as { id: string } | null | undefined
  return own ? [own.id] : []
}

function plainFields(ctx: Context, params: InvoiceParams): Given<Invoice> {
  const isSent = params.collection_method === 'send_invoice'
  if (isSent && params.days_until_due === undefined && params.due_date === undefined)
    throw stripeError(
      400,
      'parameter_missing',
      'You must specify `days_until_due` or `due_date` when `collection_method` is `send_invoice`.',
      'days_until_due',
    )
  return {
    custom_fields: params.custom_fields ?? null,
    default_payment_method: params.default_payment_method ?? null,
    default_source: params.default_source ?? null,
    description: params.description ?? null,
    due_date: isSent ? (params.due_date ?? ctx.now + (params.days_until_due ?? 0) * day) : null,
    effective_at: params.effective_at ?? null,
    footer: params.footer ?? null,
    from_invoice: params.from_invoice ? { action: 'revision', invoice: params.from_invoice.invoice } : null,
    metadata: params.metadata ?? {},
    number: params.number ?? null,
    payment_settings: {
      default_mandate: null,
      payment_method_options: null,
      payment_method_types: (params.payment_settings?.payment_method_types as string[] | undefined) ?? null,
    },
    statement_descriptor: params.statement_descriptor ?? null,
  }
}
