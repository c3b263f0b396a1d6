import type { Context } from '../define.ts'
import { StripeError, stripeError } from '../error.ts'
import { confirmIntent } from '../payment/confirm.ts'
import { behaviourOf } from '../payment/payment-method.ts'
import { invoiceIsLate } from '../subscription/after-payment.ts'
import { endAfterDunning } from '../subscription/give-up.ts'
import { type Invoice, subscriptionOf } from './draft.ts'
import { dunningOf } from './dunning.ts'
import { intentOf, paymentMethodFor } from './finalize.ts'

const day = 86_400

export interface CollectOrder {
  payment_method?: string | undefined
  offSession: boolean
  /** A retry of the schedule, or the first attempt: these count, a person's further attempts do not. */
  isScheduled: boolean
}

export const noMethodMessage =
  'This customer has no attached payment source or default payment method. Please consider adding a default payment method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.'

/**
 * Tries to pay an open invoice. Returns it as it is afterwards; `failure` is what the bank said, or what stood in the way.
 * Emits what the attempt emits, then `invoice.payment_failed` (and `invoice.payment_action_required`) where it did not succeed.
 */
export function collectInvoice(
  ctx: Context,
  invoice: Invoice,
  order: CollectOrder,
): { invoice: Invoice; failure?: StripeError } {
  const counted = countAttempt(ctx, invoice, order)
  ctx.account.memory.set(collectingKey(invoice.id), true)
  const failure = attempt(ctx, counted, order)
  ctx.account.memory.delete(collectingKey(invoice.id))
  const after = ctx.tables.invoice.need(invoice.id)
  if (!failure) return { invoice: after }
  return { invoice: failed(ctx, after, failure), failure }
}

const collectingKey = (id: string) => `collecting ${id}`

/** An attempt that the customer made, on a page or with the client secret, has failed. */
export function paymentFailed(ctx: Context, invoice: Invoice, failure: StripeError): void {
  if (ctx.account.memory.has(collectingKey(invoice.id))) return
  failed(ctx, countAttempt(ctx, invoice, { isScheduled: false, offSession: false }), failure)
}

function countAttempt(ctx: Context, invoice: Invoice, { isScheduled }: CollectOrder): Invoice {
  const isCounted = isScheduled || invoice.attempt_count === 0
  return ctx.tables.invoice.patch(invoice.id, {
    attempt_count: invoice.attempt_count + (isCounted ? 1 : 0),
    attempted: true,
  })
}

function attempt(ctx: Context, invoice: Invoice, order: CollectOrder): StripeError | undefined {
  const method = order.payment_method ?? paymentMethodFor(ctx, invoice)
  const intent = intentOf(ctx, invoice)
  if (!method || !intent) return stripeError(400, 'resource_missing', noMethodMessage)
  try {
    const done = confirmIntent(ctx, intent, {
      payment_method: method,
      offSession: order.offSession,
      useStripeSdk: true,
    })
    return done.status === 'requires_action' ? actionRequired() : undefined
  } catch (error) {
    if (error instanceof StripeError) return error
    throw error
  }
}

const actionRequired = (): StripeError =>
  stripeError(
    402,
    'invoice_payment_intent_requires_action',
    'This payment requires additional user action before it can be completed successfully. Payment can be completed using the PaymentIntent associated with the invoice. For more information, see: https://stripe.com/docs/billing/subscriptions/overview#requires-action',
  )

/** Why a payment method would fail, found out without trying: what a request that must leave no trace needs to know. */
export function foreseeFailure(ctx: Context, methodId: string, offSession: boolean): string | undefined {
  const method = ctx.tables.payment_method.get(methodId)
  if (!method) return undefined
  const { authenticate, decline, declineOnCharge } = behaviourOf(method)
  if (authenticate === 'always' || (authenticate && !offSession)) return 'authentication_required'
  return decline ?? declineOnCharge
}

function failed(ctx: Context, invoice: Invoice, failure: StripeError): Invoice {
  const next = nextAttempt(ctx, invoice)
  const late = ctx.tables.invoice.patch(invoice.id, { next_payment_attempt: next ?? null })
  if (next !== undefined) ctx.schedule('invoice', 'retry', invoice.id, next, invoice.test_clock)
  ctx.emit('invoice.payment_failed', late)
  if (
    failure.fields.code === 'invoice_payment_intent_requires_action' ||
    failure.fields.code === 'authentication_required'
  )
    ctx.emit('invoice.payment_action_required', late)
  invoiceIsLate(ctx, late)
  if (next === undefined && late.auto_advance && late.billing_reason !== 'subscription_create')
    endAfterDunning(ctx, late, dunningOf(ctx).finally)
  return ctx.tables.invoice.need(invoice.id)
}

/** By the retry schedule; undefined after its end, and for a first invoice, whose subscription expires instead. */
function nextAttempt(ctx: Context, invoice: Invoice): number | undefined {
  if (!invoice.auto_advance || invoice.collection_method !== 'charge_automatically') return undefined
  if (invoice.billing_reason === 'subscription_create' && subscriptionOf(invoice)) return undefined
  if (invoice.next_payment_attempt !== null && invoice.next_payment_attempt > ctx.now)
    return invoice.next_payment_attempt
  const days = dunningOf(ctx).retryDays[invoice.attempt_count - 1]
  return days === undefined ? undefined : ctx.now + days * day
}
