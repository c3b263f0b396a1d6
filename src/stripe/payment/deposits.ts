import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { type DepositAnswer, depositMessages, judgeDeposits } from '../setup/deposits.ts'
import { debit } from './confirm.ts'
import { moveIntent, type PaymentIntent, unexpectedState } from './intent.ts'
import { markSetUp } from './payment-method.ts'

/** The account holder says how much came: the debit begins, or the attempt fails for good. */
export function verifyDeposits(ctx: Context, intent: PaymentIntent, answer: DepositAnswer): PaymentIntent {
  if (intent.next_action?.type !== 'verify_with_microdeposits')
    throw unexpectedState(
      intent,
      `You cannot verify microdeposits on this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with a status of requires_action may be verified.`,
    )
  const outcome = judgeDeposits(answer)
  const method = ctx.tables.payment_method.need(intent.payment_method)
  if (outcome === 'verified') {
    markSetUp(ctx, method.id)
    return debit(ctx, ctx.tables.payment_intent.patch(intent.id, { next_action: null }), method)
  }
  const code = `payment_method_microdeposit_verification_${outcome}` as const
  const message = depositMessages[outcome]
  moveIntent(
    ctx,
    intent,
    {
      last_payment_error: { code, message, payment_method: method, type: 'invalid_request_error' },
      next_action: null,
      payment_method: null,
      status: 'requires_payment_method',
    },
    'payment_intent.payment_failed',
  )
  throw stripeError(400, code, message)
}
