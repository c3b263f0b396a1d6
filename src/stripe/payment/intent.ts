import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { intentMoved } from '../invoicing/intent-moved.ts'
import type { Stored } from '../wire.ts'

export type PaymentIntent = Stored<'payment_intent'>

export const confirmable = ['requires_payment_method', 'requires_confirmation', 'requires_action'] as const
export const cancelable = [
  'requires_payment_method',
  'requires_capture',
  'requires_reauthorization',
  'requires_confirmation',
  'requires_action',
  'processing',
] as const

/** Stripe's answer to doing something with a payment intent in a status that does not allow it; it carries the intent. */
export const unexpectedState = (intent: PaymentIntent, message: string, param?: string) =>
  stripeError(400, 'payment_intent_unexpected_state', message, param, { payment_intent: intent })

/** Refuses a change of a field in a status that no longer allows it. */
export function needMutable(intent: PaymentIntent, field: string): void {
  if (confirmable.some((status) => status === intent.status)) return
  const allowed = confirmable.join(', ')
  throw unexpectedState(
    intent,
    `This PaymentIntent's ${field} could not be updated because it has a status of ${intent.status}. You may only update the ${field} of a PaymentIntent with one of the following statuses: ${allowed}.`,
    field,
  )
}

export function needConfirmable(intent: PaymentIntent): void {
  if (confirmable.some((status) => status === intent.status)) return
  if (intent.status === 'succeeded')
    throw unexpectedState(
      intent,
      'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.',
    )
  throw unexpectedState(
    intent,
    `You cannot confirm this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be confirmed: ${confirmable.join(', ')}.`,
  )
}

export function needCapturable(intent: PaymentIntent): void {
  if (intent.status === 'requires_capture') return
  if (intent.status === 'succeeded')
    throw unexpectedState(intent, 'This PaymentIntent could not be captured because it has already been captured.')
  throw unexpectedState(
    intent,
    `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`,
  )
}

export function needCancelable(intent: PaymentIntent): void {
  if (cancelable.some((status) => status === intent.status)) return
  throw unexpectedState(
    intent,
    `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: ${cancelable.join(', ')}.`,
  )
}

/** Lays fields over an intent, emits the event of the status it got to, and returns it. */
export function moveIntent(
  ctx: Context,
  intent: PaymentIntent,
  fields: Parameters<Context['tables']['payment_intent']['patch']>[1],
  event: string,
): PaymentIntent {
  const moved = ctx.tables.payment_intent.patch(intent.id, fields)
  ctx.emit(event, moved)
  intentMoved(ctx, moved, event)
  return moved
}
