import { type DebitFailure, debitMessages } from '../banks.ts'
import { shareCharge } from '../connect/share.ts'
import type { Context } from '../define.ts'
import { createMandate } from '../setup/mandate.ts'
import type { Given } from '../wire.ts'
import { book } from './balance.ts'
import { bankBehaviourOf } from './bank-method.ts'
import { type Charge, type ChargeOrder, commonFields } from './charge.ts'
import { openDispute } from './dispute.ts'
import { moveIntent, type PaymentIntent } from './intent.ts'
import { isSetUp, type PaymentMethod } from './payment-method.ts'

/** Seconds on the clock until a bank answers; the documented late accounts take three minutes. */
const answersAfter = { normal: 5, late: 180 }

/** Stripe's standard price for a bank debit: 0.8 %, rounded half up, at most 5.00. */
export const debitFeeOf = (amount: number): number => Math.min(500, amount, Math.floor((amount * 8 + 500) / 1000))

/** An account whose number was only typed in is verified by two small deposits first. */
export function needsDeposits(ctx: Context, intent: PaymentIntent, method: PaymentMethod): boolean {
  if (method.type !== 'us_bank_account' || isSetUp(ctx, method.id)) return false
  const { verification_method } = intent.payment_method_options?.us_bank_account ?? {}
  return verification_method !== 'instant' && !method.us_bank_account?.financial_connections_account
}

/** Waits for the account holder to say how much came. */
export const askForDeposits = (ctx: Context, intent: PaymentIntent): PaymentIntent =>
  moveIntent(
    ctx,
    intent,
    {
      next_action: {
        type: 'verify_with_microdeposits',
        verify_with_microdeposits: {
          arrival_date: ctx.now + 86_400,
          hosted_verification_url: ctx.url(`/microdeposits/${intent.id}`),
          microdeposit_type: 'amounts',
        },
      },
      status: 'requires_action',
    },
    'payment_intent.requires_action',
  )

/** Asks the bank for the money: the charge is pending and the intent processing until the bank answers. */
export function startDebit(ctx: Context, intent: PaymentIntent, order: Omit<ChargeOrder, 'capture'>): PaymentIntent {
  const { method } = order
  const mandate = ctx.tables.mandate.by('payment_method', method.id)[0] ?? createMandate(ctx, method)
  const charge = ctx.tables.charge.create({
    ...commonFields(ctx, { ...order, capture: true }, {}),
    amount_captured: 0,
    captured: true,
    outcome: {
      network_status: 'approved_by_network',
      reason: null,
      risk_level: 'not_assessed',
      seller_message: 'Payment complete.',
      type: 'authorized',
    },
    paid: false,
    payment_method_details: detailsOf(method, mandate.id),
    status: 'pending',
  })
  ctx.emit('charge.pending', charge)
  const { isEndless, isLate } = bankBehaviourOf(ctx, method)
  const wait = isLate ? answersAfter.late : answersAfter.normal
  if (!isEndless) ctx.schedule('payment_intent', 'settle', intent.id, ctx.now + wait)
  return moveIntent(
    ctx,
    intent,
    { latest_charge: charge.id, next_action: null, status: 'processing' },
    'payment_intent.processing',
  )
}

function detailsOf(method: PaymentMethod, mandate: string): Given<Charge>['payment_method_details'] {
  const { type } = method
  const {
    financial_connections_account: _,
    generated_from: __,
    networks: ___,
    status_details: ____,
    ...shown
  } = {
    ...(method[type as 'us_bank_account'] as Record<string, unknown> | undefined),
  }
  const extra = type === 'us_bank_account' ? { payment_reference: method.id.slice(-8).toUpperCase() } : {}
  return { type, [type]: { ...shown, ...extra, ...(type !== 'nz_bank_account' && { mandate }) } }
}

/** The bank's answer. Emits what Stripe does, in its order, for the charge, the intent and a checkout session behind it. */
export function settleDebit(ctx: Context, intent: PaymentIntent): PaymentIntent {
  const charge = ctx.tables.charge.need(intent.latest_charge)
  const method = ctx.tables.payment_method.need(intent.payment_method)
  const { failure, isDisputed } = bankBehaviourOf(ctx, method)
  if (failure) return fail(ctx, intent, charge, method, failure)
  const { id } = book(ctx, {
    type: 'payment',
    amount: charge.amount,
    fee: debitFeeOf(charge.amount),
    currency: charge.currency,
    source: charge.id,
    description: charge.description,
    reporting_category: 'charge',
  })
  const paid = ctx.tables.charge.patch(charge.id, {
    amount_captured: charge.amount,
    balance_transaction: id,
    paid: true,
    status: 'succeeded',
  })
  const settled = shareCharge(ctx, paid)
  ctx.emit('charge.succeeded', settled)
  const moved = moveIntent(
    ctx,
    intent,
    { amount_received: intent.amount, status: 'succeeded' },
    'payment_intent.succeeded',
  )
  tellSession(ctx, intent.id, true)
  if (isDisputed) openDispute(ctx, settled, { dispute: 'fraudulent' })
  return moved
}

/** Takes a debit back that the bank has not answered yet: its charge has failed. */
export function stopDebit(ctx: Context, intent: PaymentIntent): void {
  ctx.unschedule('payment_intent', 'settle', intent.id)
  const charge = ctx.tables.charge.get(intent.latest_charge ?? '')
  if (charge?.status !== 'pending') return
  const message = 'The payment was canceled before the bank answered.'
  ctx.emit('charge.failed', ctx.tables.charge.patch(charge.id, { failure_message: message, status: 'failed' }))
}

/** Failures that are not among the error codes are told by a general one. */
const codeOf = (failure: DebitFailure): 'account_closed' | 'payment_intent_payment_attempt_failed' =>
  ['generic_decline', 'invalid_currency', 'charge_exceeds_weekly_limit'].includes(failure)
    ? 'payment_intent_payment_attempt_failed'
    : (failure as 'account_closed')

function fail(
  ctx: Context,
  intent: PaymentIntent,
  charge: Charge,
  method: PaymentMethod,
  failure: DebitFailure,
): PaymentIntent {
  const code = codeOf(failure)
  const message = debitMessages[failure]
  const failed = ctx.tables.charge.patch(charge.id, {
    failure_code: failure,
    failure_message: message,
    outcome: {
      network_status: 'declined_by_network',
      reason: failure,
      risk_level: 'not_assessed',
      seller_message: 'The bank did not return any further details with this decline.',
      type: 'issuer_declined',
    },
    paid: false,
    status: 'failed',
  })
  ctx.emit('charge.failed', failed)
  const moved = moveIntent(
    ctx,
    intent,
    {
      last_payment_error: {
        charge: charge.id,
        code,
        doc_url: `https://docs.stripe.com/error-codes/${code.replaceAll('_', '-')}`,
        message,
        payment_method: method,
        type: 'invalid_request_error',
      },
      payment_method: null,
      status: 'requires_payment_method',
    },
    'payment_intent.payment_failed',
  )
  tellSession(ctx, intent.id, false)
  return moved
}

/** A checkout session was completed when the debit began; what came of it is told later. */
function tellSession(ctx: Context, intent: string, isPaid: boolean): void {
  const session = ctx.tables['checkout.session'].by('payment_intent', intent)[0]
  if (session?.status !== 'complete' || session.payment_status === 'paid') return
  const told = ctx.tables['checkout.session'].patch(session.id, { payment_status: isPaid ? 'paid' : 'unpaid' })
  ctx.emit(isPaid ? 'checkout.session.async_payment_succeeded' : 'checkout.session.async_payment_failed', told)
}
