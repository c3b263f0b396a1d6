import type { DeclineName } from '../declines.ts'
import { declines } from '../declines.ts'
import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { collectFinal } from '../invoicing/advance.ts'
import { collectInvoice, foreseeFailure, noMethodMessage } from '../invoicing/collect.ts'
import { type Invoice, previewInvoice } from '../invoicing/draft.ts'
import { finalizeInvoice, intentOf, linkIntent } from '../invoicing/finalize.ts'
import type { LineSpec } from '../invoicing/line.ts'
import { creditPayment } from '../invoicing/settle.ts'
import { usePaymentMethod } from '../payment/payment-method.ts'
import { billSubscription, draftOf } from './billing.ts'
import { changeSubscription, type Subscription } from './record.ts'

interface PaymentRules {
  off_session?: boolean | undefined
  payment_behavior?: string | undefined
}

/** What a subscription, or else its customer, pays with. */
export function methodOf(ctx: Context, subscription: Subscription): string | null {
  const customer = ctx.tables.customer.get(subscription.customer)
  return (
    subscription.default_payment_method ??
    subscription.default_source ??
    customer?.invoice_settings.default_payment_method ??
    customer?.default_source ??
    null
  )
}

/** Throws for a first invoice that has nothing to be paid with, or must be paid and would not be: such a request leaves nothing behind. */
export function refuseUnpayable(
  ctx: Context,
  subscription: Subscription,
  lines: readonly LineSpec[],
  { off_session, payment_behavior = 'allow_incomplete' }: PaymentRules,
): void {
  if (subscription.collection_method === 'send_invoice' || payment_behavior === 'default_incomplete') return
  const method = methodOf(ctx, subscription)
  const failure =
    method && payment_behavior === 'error_if_incomplete' ? foreseeFailure(ctx, method, off_session === true) : undefined
  if (method && !failure) return
  if (amountDue(ctx, subscription, lines) === 0) return
  if (!method) throw stripeError(400, 'resource_missing', noMethodMessage)
  throw paymentRefused(failure!)
}

function amountDue(ctx: Context, subscription: Subscription, lines: readonly LineSpec[]): number {
  const period = { start: ctx.now, end: ctx.now }
  const { draft } = draftOf(ctx, subscription, { autoAdvance: false, lines, period, reason: 'subscription_create' })
  return previewInvoice(ctx, draft).amount_due
}

/** The 402 of `error_if_incomplete`. */
export function paymentRefused(failure: string) {
  if (failure === 'authentication_required')
    return stripeError(
      402,
      'subscription_payment_intent_requires_action',
      'Payment for this subscription requires additional user action before it can be completed successfully. Payment can be completed using the PaymentIntent associated with `subscription.latest_invoice`. For more information, see: https://stripe.com/docs/billing/subscriptions/overview#requires-action',
    )
  const { code, decline_code, message } = declines[failure as DeclineName]
  return stripeError(402, code, message, undefined, { decline_code })
}

/** Bills what is due at the beginning and pays it as asked; the subscription is active when nothing is left to pay. */
export function billFirst(
  ctx: Context,
  subscription: Subscription,
  lines: readonly LineSpec[],
  params: PaymentRules,
  { asDraft, paidBy }: { asDraft?: boolean; paidBy?: string },
): Subscription {
  const isFlexible = subscription.billing_mode.type === 'flexible'
  if (lines.length === 0 && isFlexible) return withSetup(ctx, activate(ctx, subscription), params)
  const invoice = billSubscription(ctx, subscription, {
    autoAdvance: true,
    lines,
    period: { start: ctx.now, end: ctx.now },
    reason: 'subscription_create',
  })
  const current = ctx.tables.subscription.need(subscription.id)
  if (subscription.collection_method === 'send_invoice' || asDraft) return activate(ctx, current)
  const final = finalizeInvoice(ctx, invoice, undefined, paidBy)
  if (final.status === 'open') payFirst(ctx, final, current, params, paidBy)
  const paid = ctx.tables.subscription.need(subscription.id)
  return final.status === 'paid' ? withSetup(ctx, activate(ctx, paid), params) : paid
}

function activate(ctx: Context, subscription: Subscription): Subscription {
  return subscription.status === 'incomplete'
    ? changeSubscription(ctx, subscription, { status: 'active' })
    : subscription
}

function payFirst(
  ctx: Context,
  invoice: Invoice,
  subscription: Subscription,
  { off_session, payment_behavior }: PaymentRules,
  paidBy: string | undefined,
): void {
  if (paidBy) {
    const amount = ctx.tables.payment_intent.need(paidBy).amount_received
    linkIntent(ctx, invoice, paidBy, invoice.amount_due, true)
    const payment = ctx.tables.invoice_payment.by('invoice', invoice.id)[0]!
    creditPayment(ctx, invoice, payment.id, amount)
    return
  }
  if (payment_behavior === 'default_incomplete') prepareIntent(ctx, invoice, methodOf(ctx, subscription))
  else collectInvoice(ctx, invoice, { offSession: off_session === true, isScheduled: true })
}

/** The page that confirms the first payment finds the known payment method in the intent. */
function prepareIntent(ctx: Context, invoice: Invoice, method: string | null): void {
  const intent = intentOf(ctx, invoice)
  if (!intent || !method || !ctx.tables.payment_method.get(method)) return
  const { id } = usePaymentMethod(ctx, method)
  ctx.tables.payment_intent.patch(intent.id, { payment_method: id, status: 'requires_confirmation' })
}

/** With nothing to pay now, `default_incomplete` still asks for something to pay with later. */
function withSetup(ctx: Context, subscription: Subscription, { payment_behavior }: PaymentRules): Subscription {
  if (payment_behavior !== 'default_incomplete' || methodOf(ctx, subscription)) return subscription
  const id = ctx.newId('setup_intent')
  const intent = ctx.tables.setup_intent.create({
    id,
    automatic_payment_methods: null,
    client_secret: `${id}_secret_${ctx.newSecret(30)}`,
    customer: subscription.customer,
    metadata: {},
    payment_method: null,
    payment_method_options: { card: { mandate_options: null, network: null, request_three_d_secure: 'automatic' } },
    payment_method_types: ['card'],
    status: 'requires_payment_method',
    usage: 'off_session',
  })
  ctx.emit('setup_intent.created', intent)
  return changeSubscription(ctx, subscription, { pending_setup_intent: id })
}

/** Finalizes and collects an invoice within a request. */
export function settleNow(ctx: Context, invoice: Invoice, params: PaymentRules): Invoice {
  const final = finalizeInvoice(ctx, invoice)
  if (final.status !== 'open' || params.payment_behavior === 'default_incomplete') return final
  return collectFinal(ctx, final, params.off_session === true)
}
