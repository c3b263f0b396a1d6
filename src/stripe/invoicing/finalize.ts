import { settleBalance } from '../billing/totals.ts'
import type { Context } from '../define.ts'
import { type StripeError, stripeError } from '../error.ts'
import { changeSubscription } from '../subscription/record.ts'
import { locationUnknown } from '../tax/location.ts'
import type { Given, Stored } from '../wire.ts'
import { moveBalance } from './balance.ts'
import { applyBillingCredits } from './billing-credit.ts'
import { type Invoice, recalculate, subscriptionOf } from './draft.ts'
import { markPaid } from './settle.ts'

export type InvoicePayment = Stored<'invoice_payment'>

const day = 86_400

/**
 * Makes a draft final: number, due date, the customer's balance applied, a payment intent for what is due. An invoice with nothing due is
 * paid at once; `paidBy` is an intent that was paid before. Emits `invoice.finalized`. Rules: docs.stripe.com/invoicing/integration/workflow-transitions.
 */
export function finalizeInvoice(ctx: Context, invoice: Invoice, autoAdvance?: boolean, paidBy?: string): Invoice {
  if (invoice.status !== 'draft')
    throw stripeError(
      400,
      'invoice_not_editable',
      `This invoice is already finalized, you can't re-finalize a non-draft invoice.`,
    )
  ctx.unschedule('invoice', 'advance', invoice.id)
  applyBillingCredits(ctx, invoice.id, invoice.customer, invoice.currency)
  const draft = withLocation(ctx, recalculate(ctx, invoice.id))
  const { customer, currency } = draft
  const { amount_due, ending_balance } = settleBalance(draft.total, draft.starting_balance, currency)
  const applied = ending_balance - draft.starting_balance
  if (customer && applied !== 0)
    moveBalance(ctx, customer, { amount: applied, currency, invoice: draft.id, type: moveType(draft, applied) })
  const finalized = ctx.tables.invoice.patch(draft.id, {
    amount_due,
    amount_remaining: amount_due,
    attempted: amount_due === 0,
    auto_advance: autoAdvance ?? draft.auto_advance,
    automatically_finalizes_at: null,
    due_date: draft.collection_method === 'send_invoice' ? (draft.due_date ?? ctx.now + 30 * day) : null,
    effective_at: draft.effective_at ?? ctx.now,
    ending_balance,
    hosted_invoice_url: ctx.url(`/i/${draft.id}`),
    invoice_pdf: ctx.url(`/i/${draft.id}/pdf`),
    number: draft.number ?? nextNumber(ctx, customer),
    status: 'open',
    status_transitions: { ...draft.status_transitions, finalized_at: ctx.now },
  })
  const open = amount_due > 0 && !paidBy ? requestPayment(ctx, finalized) : finalized
  ctx.emit('invoice.finalized', open)
  if (amount_due === 0) return markPaid(ctx, open)
  return open
}

/**
 * An invoice cannot be taxed for a customer whose address says too little: who asked for it is told so. What goes on by itself goes on
 * without tax. Rule: docs.stripe.com/tax/customer-locations.
 */
function withLocation(ctx: Context, draft: Invoice): Invoice {
  if (draft.automatic_tax.status !== 'requires_location_inputs') return draft
  const subscription = ctx.tables.subscription.get(subscriptionOf(draft) ?? '')
  if (!subscription && ctx.request.id !== null) throw failToFinalize(ctx, draft)
  const off = { enabled: false, liability: null }
  if (subscription)
    changeSubscription(ctx, subscription, {
      automatic_tax: { ...off, disabled_reason: 'requires_location_inputs' },
    })
  const disabled_reason = 'finalization_requires_location_inputs'
  return recalculate(ctx, draft.id, { automatic_tax: { ...off, disabled_reason, provider: null, status: null } })
}

function failToFinalize(ctx: Context, draft: Invoice): StripeError {
  const failure = locationUnknown()
  const last_finalization_error = failure.fields as Given<Invoice>['last_finalization_error']
  ctx.emit('invoice.finalization_failed', ctx.tables.invoice.patch(draft.id, { last_finalization_error }))
  return failure
}

function moveType(invoice: Invoice, applied: number) {
  if (invoice.total < 0) return 'invoice_too_large' as const
  return applied > 0 && invoice.starting_balance >= 0 ? ('invoice_too_small' as const) : ('applied_to_invoice' as const)
}

/** `PREFIX-0001`, counted per customer. */
function nextNumber(ctx: Context, customerId: string | null): string {
  const customer = customerId ? ctx.tables.customer.get(customerId) : undefined
  if (!customer) return `GATEKIT-${ctx.newSecret(4).toUpperCase()}`
  const sequence = customer.next_invoice_sequence ?? 1
  ctx.tables.customer.patch(customer.id, { next_invoice_sequence: sequence + 1 })
  return `${customer.invoice_prefix}-${String(sequence).padStart(4, '0')}`
}

const intentKey = (intent: string) => `invoice payment of ${intent}`

/** The invoice payment that a payment intent is for, if any. */
export const paymentOfIntent = (ctx: Context, intent: string): InvoicePayment | undefined =>
  ctx.tables.invoice_payment.get((ctx.account.memory.get(intentKey(intent)) as string | undefined) ?? '')

/** Remembers which invoice a payment intent pays. */
export function linkIntent(ctx: Context, invoice: Invoice, intent: string, amount: number, isDefault: boolean): void {
  const payment = ctx.tables.invoice_payment.create({
    amount_paid: null,
    amount_requested: amount,
    created: ctx.now,
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: isDefault,
    payment: { payment_intent: intent, type: 'payment_intent' },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  })
  ctx.account.memory.set(intentKey(intent), payment.id)
}

const descriptions: Record<string, string> = {
  subscription_create: 'Subscription creation',
  subscription_cycle: 'Subscription update',
  subscription_update: 'Subscription update',
}

function requestPayment(ctx: Context, invoice: Invoice): Invoice {
  const id = ctx.newId('payment_intent')
  const client_secret = `${id}_secret_${ctx.newSecret(25)}`
  const intent = ctx.tables.payment_intent.create({
    id,
    amount: invoice.amount_due,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    automatic_payment_methods: null,
    capture_method: 'automatic',
    client_secret,
    confirmation_method: 'automatic',
    currency: invoice.currency,
    customer: invoice.customer,
    description: descriptions[invoice.billing_reason ?? ''] ?? 'Payment for Invoice',
    metadata: {},
    payment_method: null,
    payment_method_options: {
      card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
    },
    payment_method_types: invoice.payment_settings.payment_method_types ?? ['card'],
    receipt_email: null,
    setup_future_usage: invoice.billing_reason === 'subscription_create' ? 'off_session' : null,
    status: 'requires_payment_method',
  })
  ctx.emit('payment_intent.created', intent)
  linkIntent(ctx, invoice, id, invoice.amount_due, true)
  return ctx.tables.invoice.patch(invoice.id, { confirmation_secret: { client_secret, type: 'payment_intent' } })
}

/** The intent that stands for what is still due; undefined where nothing was due. */
export function intentOf(ctx: Context, invoice: Invoice): Stored<'payment_intent'> | undefined {
  const payment = ctx.tables.invoice_payment.by('invoice', invoice.id).find(({ is_default }) => is_default)
  return ctx.tables.payment_intent.get(payment?.payment.payment_intent ?? '')
}

/** What an invoice's subscription has chosen to pay with comes before what its customer has. */
export function paymentMethodFor(ctx: Context, invoice: Invoice): string | null {
  const subscription = ctx.tables.subscription.get(subscriptionOf(invoice) ?? '')
  const customer = ctx.tables.customer.get(invoice.customer ?? '')
  return (
    invoice.default_payment_method ??
    subscription?.default_payment_method ??
    subscription?.default_source ??
    customer?.invoice_settings.default_payment_method ??
    customer?.default_source ??
    null
  )
}
