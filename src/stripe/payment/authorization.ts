import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import type { Charge } from './charge.ts'
import { formatMoney } from './money.ts'

/** What a card payment asked for beyond the plain authorisation; in test mode whatever is asked for is granted. */
export function grantedTerms(ctx: Context, intent: string | null | undefined, amount: number) {
  const card = ctx.tables.payment_intent.get(intent ?? '')?.payment_method_options?.card
  const granted = (request: string | undefined) =>
    request === 'if_available' ? ('available' as const) : ('unavailable' as const)
  const overcapture = granted(card?.request_overcapture)
  return {
    extended_authorization: {
      status: card?.request_extended_authorization === 'if_available' ? ('enabled' as const) : ('disabled' as const),
    },
    incremental_authorization: { status: granted(card?.request_incremental_authorization) },
    multicapture: { status: granted(card?.request_multicapture) },
    overcapture: {
      maximum_amount_capturable: overcapture === 'available' ? Math.floor((amount * 6) / 5) : amount,
      status: overcapture,
    },
  }
}

/** Refuses to capture nothing, or more than the bank allowed: a fifth more where overcapture was granted. */
export function checkCapture(charge: Charge, amount: number, capturable: number): void {
  if (amount < 1)
    throw stripeError(
      400,
      'parameter_invalid_integer',
      'This value must be greater than or equal to 1.',
      'amount_to_capture',
    )
  const { overcapture } = charge.payment_method_details?.card ?? {}
  const most =
    overcapture?.status === 'available'
      ? Math.max(capturable, overcapture.maximum_amount_capturable - charge.amount_captured)
      : capturable
  if (amount <= most) return
  throw stripeError(
    400,
    'amount_too_large',
    `The requested capture amount is greater than the authorized amount, which is ${formatMoney(most, charge.currency)}.`,
    'amount_to_capture',
  )
}

/** Whether a capture is the last one: only where multicapture was granted there can be another. Rules: docs.stripe.com/payments/multicapture. */
export function readFinal(charge: Charge, given: boolean | undefined, amount: number, capturable: number): boolean {
  if (given === undefined || given) return true
  if (charge.payment_method_details?.card?.multicapture?.status !== 'available')
    throw stripeError(
      400,
      undefined,
      'This PaymentIntent cannot be captured more than once: `final_capture=false` needs multicapture, requested with `payment_method_options[card][request_multicapture]=if_available`.',
      'final_capture',
    )
  return amount >= capturable
}

/** A last capture of nothing lets the rest of a partly captured authorisation go. */
export const releasesRest = (charge: Charge, amount: number, isFinal: boolean): boolean =>
  isFinal && amount === 0 && charge.amount_captured > 0
