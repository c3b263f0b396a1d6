import { type Decline, declines } from '../declines.ts'
import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { chargeMethod, declineCharge } from '../payment/charge.ts'
import { moveIntent, type PaymentIntent } from '../payment/intent.ts'
import { noBillingDetails } from '../payment/payment-method.ts'
import type { Given, Stored } from '../wire.ts'

export type Reader = Stored<'terminal.reader'>
export type Action = NonNullable<Given<Reader>['action']>

/** A simulated reader declines by the last two digits of the amount: docs.stripe.com/terminal/references/testing. */
const declinedEndings: Record<string, Decline> = {
  '01': { code: 'card_declined', decline_code: 'call_issuer', message: 'Your card was declined.' },
  '05': declines.generic_decline,
  '55': { code: 'incorrect_pin', decline_code: 'incorrect_pin', message: 'Your PIN is incorrect.' },
  '65': { code: 'card_declined', decline_code: 'withdrawal_count_limit_exceeded', message: 'Your card was declined.' },
  '75': { code: 'card_declined', decline_code: 'pin_try_exceeded', message: 'Your card was declined.' },
}

/** A reader does one thing at a time. */
export function begin(ctx: Context, reader: Reader, action: Action): Reader {
  if (reader.action?.status === 'in_progress')
    throw stripeError(
      409,
      'terminal_reader_busy',
      'Reader is currently busy processing another request. Please reference the integration guide at https://stripe.com/docs/terminal/payments/collect-card-payment on how to handle this error.',
    )
  return ctx.tables['terminal.reader'].patch(reader.id, {
    action: { api_error: null, failure_code: null, failure_message: null, status: 'in_progress', ...action },
  })
}

/** Only intents for the reader's kind of card that still wait for one. */
export function needPresentable(ctx: Context, id: string): PaymentIntent {
  const intent = ctx.tables.payment_intent.need(id, 'payment_intent')
  if (!intent.payment_method_types.includes('card_present'))
    throw stripeError(
      400,
      undefined,
      `The PaymentIntent ${id} must allow the payment method type card_present.`,
      'payment_intent',
    )
  if (intent.status !== 'requires_payment_method' && intent.status !== 'requires_confirmation')
    throw stripeError(
      400,
      'intent_invalid_state',
      `PaymentIntent ${id} has a status of ${intent.status} and cannot be processed by a reader.`,
      'payment_intent',
    )
  return intent
}

/** Someone holds a card to the reader: the action ends, and says so in an event. */
export function presentCard(ctx: Context, reader: Reader): Reader {
  const { action } = reader
  if (action?.status !== 'in_progress')
    throw stripeError(400, undefined, 'The reader is not waiting for a payment method.')
  const intentId = action.process_payment_intent?.payment_intent ?? action.confirm_payment_intent?.payment_intent
  if (intentId) return processIntent(ctx, reader, ctx.tables.payment_intent.need(String(intentId)))
  return end(ctx, reader, {})
}

function processIntent(ctx: Context, reader: Reader, intent: PaymentIntent): Reader {
  const refusal = declinedEndings[String(intent.amount).padStart(2, '0').slice(-2)]
  const method = ctx.tables.payment_method.create({
    billing_details: noBillingDetails,
    customer: null,
    metadata: {},
    type: 'card_present',
  })
  const order = {
    amount: intent.amount,
    capture: intent.capture_method !== 'manual',
    currency: intent.currency,
    method,
    fields: {
      customer: intent.customer,
      description: intent.description,
      metadata: intent.metadata,
      payment_intent: intent.id,
      transfer_group: intent.transfer_group,
    },
  }
  if (refusal) {
    const { id } = declineCharge(ctx, { ...order, capture: false }, refusal)
    moveIntent(ctx, intent, { latest_charge: id, status: 'requires_payment_method' }, 'payment_intent.payment_failed')
    return end(ctx, reader, { failure_code: refusal.code, failure_message: refusal.message })
  }
  const { id } = chargeMethod(ctx, order)
  const paid = { latest_charge: id, payment_method: method.id }
  if (order.capture)
    moveIntent(
      ctx,
      intent,
      { ...paid, amount_received: intent.amount, status: 'succeeded' },
      'payment_intent.succeeded',
    )
  else
    moveIntent(
      ctx,
      intent,
      { ...paid, amount_capturable: intent.amount, status: 'requires_capture' },
      'payment_intent.amount_capturable_updated',
    )
  return end(ctx, reader, {})
}

function end(ctx: Context, reader: Reader, failure: { failure_code?: string; failure_message?: string }): Reader {
  const status = failure.failure_code ? 'failed' : 'succeeded'
  const done = ctx.tables['terminal.reader'].patch(reader.id, {
    action: { ...reader.action, ...failure, status } as Action,
  })
  ctx.emit(`terminal.reader.action_${status}`, done)
  return done
}
