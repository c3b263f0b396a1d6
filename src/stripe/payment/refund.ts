import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import type { Given, Stored } from '../wire.ts'
import { book } from './balance.ts'
import type { Charge } from './charge.ts'
import { blocksRefund } from './dispute.ts'
import { formatMoney } from './money.ts'
import { behaviourOf } from './payment-method.ts'

export type Refund = Stored<'refund'>

/** What of a charge can still be refunded; throws when that is nothing or less than `wanted`. */
export function refundableAmount(ctx: Context, charge: Charge, wanted: number | undefined): number {
  const isPartlyCaptured = !charge.captured && charge.amount_captured > 0
  const whole = isPartlyCaptured ? charge.amount_captured : Math.max(charge.amount, charge.amount_captured)
  const left = whole - charge.amount_refunded
  if (charge.refunded || left === 0)
    throw stripeError(400, 'charge_already_refunded', `Charge ${charge.id} has already been refunded.`)
  if (blocksRefund(ctx, charge))
    throw stripeError(400, 'charge_disputed', `Charge ${charge.id} has been charged back; cannot issue a refund.`)
  if (wanted !== undefined && wanted < 1)
    throw stripeError(400, 'parameter_invalid_integer', 'This value must be greater than or equal to 1.', 'amount')
  const amount = wanted ?? left
  if (amount > left) {
    const [asked, rest] = [formatMoney(amount, charge.currency), formatMoney(left, charge.currency)]
    throw stripeError(
      400,
      undefined,
      `Refund amount (${asked}) is greater than unrefunded amount on charge (${rest})`,
      'amount',
    )
  }
  return amount
}

/** Books a refund on its charge: the charge, not the refund, remembers how much is gone. */
export function bookRefund(
  ctx: Context,
  id: string,
  charge: Charge,
  amount: number,
): { charge: Charge; fields: Given<Refund> } {
  const method = ctx.tables.payment_method.get(charge.payment_method ?? '')
  const { refund } = method ? behaviourOf(method) : {}
  const booked = book(ctx, {
    type: charge.payment_method_details?.card ? 'refund' : 'payment_refund',
    amount: -amount,
    currency: charge.currency,
    source: id,
    description: `REFUND FOR CHARGE${charge.description ? ` (${charge.description})` : ''}`,
    reporting_category: 'refund',
    against: charge.balance_transaction,
  })
  const gone = charge.amount_refunded + amount
  const patched = ctx.tables.charge.patch(charge.id, {
    amount_refunded: gone,
    refunded: gone >= Math.max(charge.amount, charge.amount_captured),
  })
  return {
    charge: patched,
    fields: {
      amount,
      balance_transaction: booked.id,
      charge: charge.id,
      currency: charge.currency,
      customer: charge.customer,
      payment_intent: charge.payment_intent,
      payment_method: charge.payment_method,
      status: refund === 'pending' ? 'pending' : 'succeeded',
      ...(refund === 'pending' && { pending_reason: 'processing' }),
      destination_details: {
        card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
        type: 'card',
      },
    },
  }
}

/** Undoes a refund that failed at the bank or was canceled: the money is the account's again. */
export function unbookRefund(ctx: Context, refund: Refund): string {
  const charge = ctx.tables.charge.need(refund.charge)
  const back = book(ctx, {
    type: 'refund_failure',
    amount: refund.amount,
    currency: refund.currency,
    source: refund.id,
    description: `REFUND FAILURE FOR CHARGE${charge.description ? ` (${charge.description})` : ''}`,
    reporting_category: 'refund_failure',
    availableNow: true,
  })
  ctx.tables.charge.patch(charge.id, { amount_refunded: charge.amount_refunded - refund.amount, refunded: false })
  return back.id
}

/** Lets go what was not captured of an authorisation; Stripe shows that as a refund. */
export function releaseCharge(ctx: Context, charge: Charge): Charge {
  const { amount_captured, amount_refunded } = charge
  const refunded = amount_captured === 0
  const released = ctx.tables.charge.patch(charge.id, {
    amount_refunded: amount_refunded + charge.amount - amount_captured,
    captured: !refunded,
    refunded,
  })
  ctx.emit('charge.refunded', released, { amount_refunded, ...(refunded && { refunded: false }) })
  return released
}
