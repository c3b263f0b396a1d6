import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import type { Stored } from '../wire.ts'

export type SetupIntent = Stored<'setup_intent'>

const confirmable: readonly SetupIntent['status'][] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
]

/** Stripe's answer to doing something with a setup intent in a status that does not allow it; it carries the intent. */
export const setupState = (intent: SetupIntent, message: string) =>
  stripeError(400, 'setup_intent_unexpected_state', message, undefined, { setup_intent: intent })

/** Allows what changes an intent only while it waits for something. */
export function needOpenSetup(intent: SetupIntent, what: 'confirm' | 'cancel' | 'update'): void {
  if (confirmable.includes(intent.status) || (what === 'cancel' && intent.status === 'processing')) return
  const past = { confirm: 'confirmed', cancel: 'canceled', update: 'updated' }[what]
  if (what === 'confirm' && intent.status === 'succeeded')
    throw setupState(intent, 'You cannot confirm this SetupIntent because it has already succeeded.')
  throw setupState(
    intent,
    `You cannot ${what} this SetupIntent because it has a status of ${intent.status}. Only a SetupIntent with one of the following statuses may be ${past}: ${confirmable.join(', ')}.`,
  )
}

/** Lays fields over a setup intent, emits the event of the status it got to, and returns it. */
export function moveSetup(
  ctx: Context,
  intent: SetupIntent,
  fields: Parameters<Context['tables']['setup_intent']['patch']>[1],
  event: string,
): SetupIntent {
  const moved = ctx.tables.setup_intent.patch(intent.id, fields)
  ctx.emit(event, moved)
  return moved
}
