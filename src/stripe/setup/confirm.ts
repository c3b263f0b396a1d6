import { type Decline, type DeclineName, declines } from '../declines.ts'
import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { attachMethod, behaviourOf, markSetUp, type PaymentMethod } from '../payment/payment-method.ts'
import type { Given, Stored } from '../wire.ts'
import { type DepositAnswer, depositMessages, judgeDeposits } from './deposits.ts'
import { moveSetup, needOpenSetup, type SetupIntent, setupState } from './intent.ts'
import { type Acceptance, createMandate, needsMandate } from './mandate.ts'

export interface SetupOrder {
  return_url?: string | null | undefined
  use_stripe_sdk?: boolean | undefined
  mandate_data?: { customer_acceptance?: Acceptance | null | undefined } | null | undefined
  /** `automatic` and `instant` trust the account, `microdeposits` sends two cents-sized amounts first. */
  verification_method?: string | null | undefined
}

/**
 * Confirms a setup intent: asks for 3-D Secure or micro-deposits where the payment method wants them, or throws the bank's decline after
 * storing the failed attempt. Rules: docs.stripe.com/payments/setup-intents and docs.stripe.com/testing.
 */
export function confirmSetup(
  ctx: Context,
  intent: SetupIntent,
  method: PaymentMethod | undefined,
  order: SetupOrder,
): SetupIntent {
  needOpenSetup(intent, 'confirm')
  if (!method)
    throw setupState(
      intent,
      "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with a payment method and then confirm it again.",
    )
  const prepared = ctx.tables.setup_intent.patch(intent.id, {
    last_setup_error: null,
    next_action: null,
    payment_method: method.id,
    payment_method_types: intent.payment_method_types.includes(method.type)
      ? intent.payment_method_types
      : [...intent.payment_method_types, method.type],
  })
  rememberAcceptance(ctx, prepared, order)
  const { authenticate, decline } = behaviourOf(method)
  if (decline) return refuse(ctx, prepared, method, decline)
  if (authenticate && authenticate !== 'onSession') return askFor3ds(ctx, prepared, method, order)
  if (method.type === 'us_bank_account' && wantsMicrodeposits(method, order))
    return askForMicrodeposits(ctx, prepared, method)
  return succeed(ctx, prepared, method)
}

/** Goes on after the customer answered the 3-D Secure challenge. */
export function finishSetupChallenge(ctx: Context, intent: SetupIntent, passed: boolean): SetupIntent {
  if (intent.status !== 'requires_action') return intent
  const method = ctx.tables.payment_method.need(intent.payment_method)
  const { declineAfter } = behaviourOf(method)
  if (passed && !declineAfter) return succeed(ctx, intent, method)
  if (passed && declineAfter) return fail(ctx, intent, method, errorOf(declines[declineAfter], method))
  return fail(ctx, intent, method, {
    code: 'setup_intent_authentication_failure',
    doc_url: 'https://docs.stripe.com/error-codes/setup-intent-authentication-failure',
    message:
      'The latest attempt to set up the payment method has failed because authentication failed. Provide a new payment method and try again.',
    payment_method: method,
    type: 'invalid_request_error',
  })
}

/** The account holder says how much came: the account is verified, or the attempt fails for good. */
export function verifyMicrodeposits(ctx: Context, intent: SetupIntent, answer: DepositAnswer): SetupIntent {
  if (intent.next_action?.type !== 'verify_with_microdeposits')
    throw setupState(
      intent,
      `You cannot verify microdeposits on this SetupIntent because it has a status of ${intent.status}. Only a SetupIntent with a status of requires_action may be verified.`,
    )
  const outcome = judgeDeposits(answer)
  const method = ctx.tables.payment_method.need(intent.payment_method)
  if (outcome === 'verified') return succeed(ctx, intent, method)
  const code = `payment_method_microdeposit_verification_${outcome}` as const
  const message = depositMessages[outcome]
  fail(ctx, intent, method, { code, message, payment_method: method, type: 'invalid_request_error' })
  throw stripeError(400, code, message)
}

function succeed(ctx: Context, intent: SetupIntent, method: PaymentMethod): SetupIntent {
  if (intent.customer) attachMethod(ctx, method, intent.customer)
  markSetUp(ctx, method.id)
  const mandate = needsMandate(method.type) ? createMandate(ctx, method, acceptanceOf(ctx, intent)) : undefined
  const attempt = recordAttempt(ctx, intent, method, 'succeeded')
  return moveSetup(
    ctx,
    intent,
    { latest_attempt: attempt, mandate: mandate?.id ?? null, next_action: null, status: 'succeeded' },
    'setup_intent.succeeded',
  )
}

function refuse(ctx: Context, intent: SetupIntent, method: PaymentMethod, name: DeclineName): never {
  const reason: Decline = declines[name]
  const error = errorOf(reason, method)
  const failed = fail(ctx, intent, method, error)
  const { doc_url: _, type: __, ...fields } = error
  throw stripeError(402, reason.code, reason.message, undefined, { ...fields, setup_intent: failed })
}

type SetupError = NonNullable<Given<SetupIntent>['last_setup_error']>

const errorOf = ({ advice_code, code, decline_code, message }: Decline, method: PaymentMethod) => ({
  ...(advice_code && { advice_code }),
  code: code as 'card_declined',
  decline_code,
  doc_url: `https://docs.stripe.com/error-codes/${code.replaceAll('_', '-')}`,
  message,
  payment_method: method,
  type: 'card_error' as const,
})

function fail(ctx: Context, intent: SetupIntent, method: PaymentMethod, error: SetupError): SetupIntent {
  const attempt = recordAttempt(ctx, intent, method, 'failed', error)
  return moveSetup(
    ctx,
    intent,
    {
      last_setup_error: error,
      latest_attempt: attempt,
      next_action: null,
      payment_method: null,
      status: 'requires_payment_method',
    },
    'setup_intent.setup_failed',
  )
}

function askFor3ds(ctx: Context, intent: SetupIntent, method: PaymentMethod, order: SetupOrder): SetupIntent {
  const url = ctx.url(`/3ds/${intent.id}`)
  const next_action: Given<SetupIntent>['next_action'] = order.use_stripe_sdk
    ? { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: url } }
    : { type: 'redirect_to_url', redirect_to_url: { return_url: order.return_url ?? null, url } }
  return askFor(ctx, intent, method, next_action)
}

function askForMicrodeposits(ctx: Context, intent: SetupIntent, method: PaymentMethod): SetupIntent {
  return askFor(ctx, intent, method, {
    type: 'verify_with_microdeposits',
    verify_with_microdeposits: {
      arrival_date: ctx.now + 86_400,
      hosted_verification_url: ctx.url(`/microdeposits/${intent.id}`),
      microdeposit_type: 'amounts',
    },
  })
}

function askFor(
  ctx: Context,
  intent: SetupIntent,
  method: PaymentMethod,
  next_action: Given<SetupIntent>['next_action'],
) {
  const attempt = recordAttempt(ctx, intent, method, 'requires_action')
  return moveSetup(
    ctx,
    intent,
    { latest_attempt: attempt, next_action, status: 'requires_action' },
    'setup_intent.requires_action',
  )
}

const wantsMicrodeposits = (method: PaymentMethod, { verification_method }: SetupOrder): boolean =>
  verification_method === 'microdeposits' ||
  (verification_method !== 'instant' &&
    verification_method !== 'skip' &&
    !method.us_bank_account?.financial_connections_account)

/** One attempt per confirmation: the open one is closed when the customer has acted. */
function recordAttempt(
  ctx: Context,
  intent: SetupIntent,
  method: PaymentMethod,
  status: Stored<'setup_attempt'>['status'],
  setup_error: SetupError | null = null,
): string {
  const open = ctx.tables.setup_attempt.get(intent.latest_attempt ?? '')
  const fields: Given<Stored<'setup_attempt'>> = { setup_error, status }
  if (open?.status === 'requires_action') return ctx.tables.setup_attempt.patch(open.id, fields).id
  return ctx.tables.setup_attempt.create({
    ...fields,
    customer: intent.customer,
    flow_directions: intent.flow_directions ?? null,
    on_behalf_of: intent.on_behalf_of,
    payment_method: method.id,
    payment_method_details: attemptDetails(method),
    setup_intent: intent.id,
    usage: intent.usage,
  }).id
}

function attemptDetails({ card, type }: PaymentMethod): Given<Stored<'setup_attempt'>>['payment_method_details'] {
  if (!card) return { type, [type]: {} }
  const { brand, checks, country, exp_month, exp_year, fingerprint, funding, last4 } = card
  const shown = { brand, checks, country, exp_month, exp_year, fingerprint: fingerprint ?? null, funding, last4 }
  return { type: 'card', card: { ...shown, network: brand, three_d_secure: null, wallet: null } }
}

const acceptanceKey = (intent: SetupIntent) => `acceptance ${intent.id}`

function rememberAcceptance(ctx: Context, intent: SetupIntent, { mandate_data }: SetupOrder): void {
  const acceptance = mandate_data?.customer_acceptance
  if (acceptance) ctx.account.memory.set(acceptanceKey(intent), acceptance)
}

const acceptanceOf = (ctx: Context, intent: SetupIntent): Acceptance | undefined =>
  ctx.account.memory.get(acceptanceKey(intent)) as Acceptance | undefined
