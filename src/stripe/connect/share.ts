import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { formatMoney } from '../payment/money.ts'
import type { Stored } from '../wire.ts'
import { applicationOf, earnFee, refundFee } from './fee.ts'
import { makeTransfer, needDestination, reverseTransfer } from './transfer.ts'

type Charge = Stored<'charge'>

export interface Sharing {
  amount: number
  currency: string
  application_fee_amount?: number | null | undefined
  transfer_data?: { destination: string; amount?: number | null | undefined } | null | undefined
  on_behalf_of?: string | null | undefined
}

/** Refuses to share a payment in a way that Stripe does not: docs.stripe.com/connect/charges. */
export function checkSharing(
  ctx: Context,
  { amount, application_fee_amount: fee, currency, on_behalf_of, transfer_data }: Sharing,
): void {
  if (fee !== undefined && fee !== null) {
    if (!ctx.account.platform && !transfer_data)
      throw stripeError(
        400,
        undefined,
        'Can only apply an application_fee_amount when the PaymentIntent is attempting a direct payment (using an OAuth key or Stripe-Account header) or destination payment (using `transfer_data[destination]`).',
        'application_fee_amount',
      )
    if (fee > amount)
      throw stripeError(
        400,
        undefined,
        `The application fee (${formatMoney(fee, currency)}) cannot be greater than the amount (${formatMoney(amount, currency)}).`,
        'application_fee_amount',
      )
    if (transfer_data?.amount)
      throw stripeError(
        400,
        'parameters_exclusive',
        'You may only specify one of these parameters: application_fee_amount, transfer_data[amount].',
      )
  }
  if (on_behalf_of && on_behalf_of !== ctx.account.id && !ctx.tables.account.get(on_behalf_of))
    throw stripeError(400, 'resource_missing', `No such on_behalf_of: '${on_behalf_of}'`, 'on_behalf_of')
  if (!transfer_data) return
  needDestination(ctx, transfer_data.destination, 'transfer_data[destination]')
  if (transfer_data.amount && transfer_data.amount > amount)
    throw stripeError(
      400,
      undefined,
      `The transfer amount (${formatMoney(transfer_data.amount, currency)}) cannot be greater than the charge amount (${formatMoney(amount, currency)}).`,
      'transfer_data[amount]',
    )
}

/** Stripe's and the platform's part of a charge made directly on a connected account. */
export const applicationFeeOf = (ctx: Context, charge: Charge, amount: number): number =>
  ctx.account.platform && !charge.transfer_data ? Math.min(charge.application_fee_amount ?? 0, amount) : 0

/** After a charge was booked: sends the destination its part and the platform its fee, and returns the charge with both. */
export function shareCharge(ctx: Context, charge: Charge): Charge {
  const { platform } = ctx.account
  if (platform && charge.application_fee_amount && !charge.transfer_data)
    return payPlatform(ctx, ctx.on(platform), charge)
  return charge.transfer_data ? payDestination(ctx, charge, charge.transfer_data) : ctx.tables.charge.need(charge.id)
}

function payPlatform(ctx: Context, platform: Context, charge: Charge): Charge {
  const fee = earnFee(platform, {
    account: ctx.account.id,
    amount: Math.min(charge.application_fee_amount ?? 0, charge.amount_captured),
    charge: charge.id,
    currency: charge.currency,
    against: charge.balance_transaction,
  })
  return ctx.tables.charge.patch(charge.id, { application: applicationOf(platform), application_fee: fee.id })
}

function payDestination(
  ctx: Context,
  charge: Charge,
  { amount, destination }: NonNullable<Charge['transfer_data']>,
): Charge {
  const applicationFee = Math.min(charge.application_fee_amount ?? 0, charge.amount_captured)
  const transfer = makeTransfer(ctx, ctx.newId('transfer'), {
    amount: Math.min(amount ?? charge.amount_captured, charge.amount_captured),
    applicationFee,
    currency: charge.currency,
    destination: String(destination),
    isShare: true,
    source: charge,
    fields: { transfer_group: charge.transfer_group ?? `group_${charge.payment_intent ?? charge.id}` },
  })
  const fields = { transfer: transfer.id, transfer_group: transfer.transfer_group }
  if (applicationFee === 0) return ctx.tables.charge.patch(charge.id, fields)
  const payment = String(transfer.destination_payment)
  const fee = earnFee(ctx, {
    account: String(destination),
    amount: applicationFee,
    charge: payment,
    currency: charge.currency,
    originating: charge.id,
    against: charge.balance_transaction,
  })
  ctx.on(String(destination)).tables.charge.patch(payment, { application: applicationOf(ctx), application_fee: fee.id })
  return ctx.tables.charge.patch(charge.id, { ...fields, application_fee: fee.id })
}

export interface Unsharing {
  refund: string
  /** What is refunded of the charge. */
  amount: number
  reverse_transfer?: boolean | undefined
  refund_application_fee?: boolean | undefined
}

/** A refund takes back the same part of the transfer and of the fee when it is asked to; returns the reversal's id. */
export function unshareCharge(ctx: Context, charge: Charge, order: Unsharing): string | null {
  if (order.reverse_transfer && !charge.transfer)
    throw stripeError(400, undefined, 'Cannot reverse transfer for a charge that has no transfer.', 'reverse_transfer')
  if (order.refund_application_fee && !charge.application_fee)
    throw stripeError(
      400,
      undefined,
      'You cannot refund the application fee of a charge without one.',
      'refund_application_fee',
    )
  if (order.refund_application_fee) giveFeeBack(ctx, charge, order.amount)
  if (!order.reverse_transfer) return null
  const transfer = ctx.tables.transfer.need(charge.transfer)
  const left = transfer.amount - transfer.amount_reversed
  const amount = Math.min(left, part(transfer.amount, order.amount, charge.amount))
  return amount === 0 ? null : reverseTransfer(ctx, transfer, { amount, sourceRefund: order.refund }).id
}

function giveFeeBack(ctx: Context, charge: Charge, amount: number): void {
  const owner = ctx.account.platform && !charge.transfer ? ctx.on(ctx.account.platform) : ctx
  const fee = owner.tables.application_fee.need(charge.application_fee)
  const back = Math.min(fee.amount - fee.amount_refunded, part(fee.amount, amount, charge.amount))
  if (back > 0) refundFee(owner, fee, back, {})
}

/** `whole × amount / total`, rounded down; whole numbers throughout. */
const part = (whole: number, amount: number, total: number): number => Math.floor((whole * amount) / total)
