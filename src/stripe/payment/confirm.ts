import type { CardBehaviour } from '../cards.ts'
import { payFromCash } from '../cash/transfer.ts'
import { type Decline, type DeclineName, declines } from '../declines.ts'
import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import type { Given } from '../wire.ts'
import { isBankDebit } from './bank-method.ts'
import { type ChargeOrder, chargeMethod, declineCharge } from './charge.ts'
import { askForDeposits, needsDeposits, startDebit } from './debit.ts'
import { moveIntent, needConfirmable, needMutable, type PaymentIntent, unexpectedState } from './intent.ts'
import {
  attachMethod,
  behaviourOf,
  isSetUp,
  isUsedUp,
  markSetUp,
  type PaymentMethod,
  usePaymentMethod,
} from './payment-method.ts'

export interface ConfirmOrder {
  payment_method?: string | undefined
  return_url?: string | undefined
  offSession?: boolean
  useStripeSdk?: boolean
  errorOnRequiresAction?: boolean
}

/**
 * Confirms a payment intent: charges its payment method, asks for 3-D Secure, or throws the bank's decline after storing the failed attempt.
 * Rules: docs.stripe.com/payments/paymentintents/lifecycle and docs.stripe.com/testing.
 */
export function confirmIntent(ctx: Context, intent: PaymentIntent, order: ConfirmOrder): PaymentIntent {
  if (order.payment_method !== undefined && intent.status !== 'succeeded') needMutable(intent, 'payment_method')
  needConfirmable(intent)
  const method = methodFor(ctx, intent, order.payment_method)
  needReturnUrl(ctx, intent, order)
  const prepared = ctx.tables.payment_intent.patch(intent.id, {
    payment_method: method.id,
    payment_method_types: intent.payment_method_types.includes(method.type)
      ? intent.payment_method_types
      : [...intent.payment_method_types, method.type],
    last_payment_error: null,
    next_action: null,
  })

  const behaviour = behaviourOf(method)
  if (needsChallenge(ctx, method, behaviour, order.offSession === true)) {
    if (order.offSession) return decline(ctx, prepared, method, 'authentication_required')
    if (order.errorOnRequiresAction) return decline(ctx, prepared, method, 'authentication_required')
    return challenge(ctx, prepared, order)
  }
  return attempt(ctx, prepared, method, behaviour.decline ?? behaviour.declineOnCharge, false)
}

/** Goes on after the customer answered the 3-D Secure challenge. A refused challenge needs another payment method. */
export function finishChallenge(ctx: Context, intent: PaymentIntent, passed: boolean): PaymentIntent {
  if (intent.status !== 'requires_action') return intent
  const method = ctx.tables.payment_method.need(intent.payment_method)
  const open = ctx.tables.payment_intent.patch(intent.id, { next_action: null })
  if (!passed) return failAuthentication(ctx, open, method)
  const { declineAfter } = behaviourOf(method)
  return attempt(ctx, open, method, declineAfter, true)
}

function methodFor(ctx: Context, intent: PaymentIntent, given: string | undefined): PaymentMethod {
  const id = given ?? intent.payment_method
  if (!id)
    throw unexpectedState(
      intent,
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
    )
  const method = usePaymentMethod(ctx, id)
  checkOwner(method, intent.customer)
  if (isUsedUp(ctx, method))
    throw stripeError(
      400,
      'payment_method_unexpected_state',
      'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.',
      'payment_method',
    )
  return method
}

/** A customer's payment method pays for that customer only. */
export function checkOwner(method: PaymentMethod, customer: string | null): void {
  if (method.customer === null || method.customer === customer) return
  if (customer === null)
    throw stripeError(
      400,
      undefined,
      `The PaymentMethod ${method.id} belongs to the Customer ${method.customer}. Please include the Customer in the \`customer\` parameter on the PaymentIntent.`,
      'payment_method',
    )
  throw stripeError(
    400,
    'resource_missing',
    `The customer does not have a payment method with the ID ${method.id}. The payment method must be attached to the customer.`,
    'payment_method',
  )
}

const redirectsKey = (id: string) => `redirects ${id}`
/** Remembers that an intent asked for redirecting payment methods in so many words. */
export const markRedirecting = (ctx: Context, id: string): void => void ctx.account.memory.set(redirectsKey(id), true)

/** An account that has only cards switched on needs no page to return to, unless the intent asked for redirecting methods. */
function needReturnUrl(ctx: Context, intent: PaymentIntent, order: ConfirmOrder): void {
  if (order.return_url || order.useStripeSdk || order.offSession) return
  if (!ctx.account.memory.has(redirectsKey(intent.id))) return
  throw stripeError(
    400,
    undefined,
    "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
  )
}

function needsChallenge(
  ctx: Context,
  method: PaymentMethod,
  { authenticate }: CardBehaviour,
  offSession: boolean,
): boolean {
  if (!authenticate) return false
  if (authenticate === 'always') return true
  return offSession ? authenticate === 'unlessSetUp' && !isSetUp(ctx, method.id) : true
}

function challenge(ctx: Context, intent: PaymentIntent, { return_url, useStripeSdk }: ConfirmOrder): PaymentIntent {
  const url = ctx.url(`/3ds/${intent.id}`)
  const next_action: Given<PaymentIntent>['next_action'] = useStripeSdk
    ? { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: url } }
    : { type: 'redirect_to_url', redirect_to_url: { return_url: return_url ?? null, url } }
  return moveIntent(ctx, intent, { status: 'requires_action', next_action }, 'payment_intent.requires_action')
}

function attempt(
  ctx: Context,
  intent: PaymentIntent,
  method: PaymentMethod,
  refusal: DeclineName | undefined,
  authenticated: boolean,
): PaymentIntent {
  if (refusal) return decline(ctx, intent, method, refusal)
  if (isBankDebit(method.type))
    return needsDeposits(ctx, intent, method) ? askForDeposits(ctx, intent) : debit(ctx, intent, method)
  if (method.type === 'customer_balance') return payFromCash(ctx, intent, orderFor(intent, method))
  return pay(ctx, intent, method, authenticated)
}

/** Starts pulling the money from a bank account, which is saved when that was asked for. */
export function debit(ctx: Context, intent: PaymentIntent, method: PaymentMethod): PaymentIntent {
  if (intent.setup_future_usage && intent.customer) attachMethod(ctx, method, intent.customer)
  return startDebit(ctx, intent, orderFor(intent, method))
}

/** Charges, or authorises under manual capture, and saves the payment method when that was asked for. */
export function pay(ctx: Context, intent: PaymentIntent, method: PaymentMethod, authenticated: boolean): PaymentIntent {
  if (intent.setup_future_usage && intent.customer) {
    attachMethod(ctx, method, intent.customer)
    markSetUp(ctx, method.id)
  }
  const capture = intent.capture_method !== 'manual'
  const charge = chargeMethod(ctx, { ...orderFor(intent, method), capture, authenticated })
  const paid = { latest_charge: charge.id, last_payment_error: null, next_action: null }
  if (!capture)
    return moveIntent(
      ctx,
      intent,
      { ...paid, status: 'requires_capture', amount_capturable: intent.amount },
      'payment_intent.amount_capturable_updated',
    )
  return moveIntent(
    ctx,
    intent,
    { ...paid, status: 'succeeded', amount_received: intent.amount },
    'payment_intent.succeeded',
  )
}

const orderFor = (intent: PaymentIntent, method: PaymentMethod): Omit<ChargeOrder, 'capture'> => ({
  amount: intent.amount,
  currency: intent.currency,
  method,
  fields: {
    application_fee_amount: intent.application_fee_amount,
    customer: intent.customer,
    description: intent.description,
    metadata: intent.metadata,
    on_behalf_of: intent.on_behalf_of,
    payment_intent: intent.id,
    receipt_email: intent.receipt_email,
    shipping: intent.shipping,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    transfer_data: intent.transfer_data && {
      amount: intent.transfer_data.amount ?? null,
      destination: intent.transfer_data.destination,
    },
    transfer_group: intent.transfer_group,
  },
})

/** Stores the failed attempt, then throws Stripe's 402 that carries the intent as it is now. */
function decline(ctx: Context, intent: PaymentIntent, method: PaymentMethod, name: DeclineName): never {
  const reason: Decline = declines[name]
  const charge = declineCharge(ctx, { ...orderFor(intent, method), capture: false }, reason)
  const error = { ...errorFields(reason), charge: charge.id, payment_method: method }
  const failed = moveIntent(
    ctx,
    intent,
    {
      status: 'requires_payment_method',
      latest_charge: charge.id,
      last_payment_error: { ...error, doc_url: docUrl(reason.code), type: 'card_error' },
      next_action: null,
      payment_method: null,
    },
    'payment_intent.payment_failed',
  )
  throw stripeError(402, reason.code, reason.message, undefined, { ...error, payment_intent: failed })
}

/** The customer failed the challenge: no charge is made. Stripe reports this in the intent, not as an error of a request. */
function failAuthentication(ctx: Context, intent: PaymentIntent, method: PaymentMethod): PaymentIntent {
  const code = 'payment_intent_authentication_failure'
  return moveIntent(
    ctx,
    intent,
    {
      status: 'requires_payment_method',
      last_payment_error: {
        code,
        doc_url: docUrl(code),
        message:
          'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.',
        payment_method: method,
        type: 'invalid_request_error',
      },
      payment_method: null,
    },
    'payment_intent.payment_failed',
  )
}

export const docUrl = (code: string): string => `https://docs.stripe.com/error-codes/${code.replaceAll('_', '-')}`

export const errorFields = ({ advice_code, code, decline_code, message }: Decline) => ({
  ...(advice_code && { advice_code }),
  code,
  decline_code,
  message,
})
