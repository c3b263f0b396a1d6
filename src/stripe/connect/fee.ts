import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { book } from '../payment/balance.ts'
import { formatMoney } from '../payment/money.ts'
import type { Stored } from '../wire.ts'

export type ApplicationFee = Stored<'application_fee'>

export interface FeeOrder {
  /** The connected account that pays it. */
  account: string
  /** The charge or payment of that account. */
  charge: string
  /** The platform's charge behind it, of a destination charge. */
  originating?: string | undefined
  amount: number
  currency: string
  /** Balance transaction that the fee came with: they become available together. */
  against: string | null
}

/** The platform earns its fee. `ctx` is the platform's. */
export function earnFee(
  ctx: Context,
  { account, against, amount, charge, currency, originating }: FeeOrder,
): ApplicationFee {
  const id = ctx.newId('application_fee')
  const first =
    ctx.tables.balance_transaction.get(against ?? '') ?? ctx.on(account).tables.balance_transaction.get(against ?? '')
  const booked = book(ctx, {
    type: 'application_fee',
    amount,
    currency,
    source: id,
    description: 'Application fee',
    reporting_category: 'platform_earning',
    availableNow: first?.status === 'available',
  })
  const fee = ctx.tables.application_fee.create({
    id,
    account,
    amount,
    amount_refunded: 0,
    application: applicationOf(ctx),
    balance_transaction: booked.id,
    charge,
    currency,
    fee_source: { charge, type: 'charge' },
    originating_transaction: originating ?? null,
    refunded: false,
    refunds: { object: 'list', data: [], has_more: false, url: `/v1/application_fees/${id}/refunds` },
  })
  ctx.emit('application_fee.created', fee)
  return fee
}

/** The Connect application of a platform. */
export const applicationOf = (ctx: Context): string => `ca_${ctx.account.id.slice(5).padEnd(32, '0')}`

/** Gives (part of) a fee back to the connected account. `ctx` is the platform's. */
export function refundFee(
  ctx: Context,
  fee: ApplicationFee,
  wanted: number | undefined,
  metadata: Record<string, string>,
): Stored<'fee_refund'> {
  const left = fee.amount - fee.amount_refunded
  if (left === 0)
    throw stripeError(400, 'charge_already_refunded', `Application fee ${fee.id} has already been refunded.`)
  const amount = wanted ?? left
  if (amount < 1)
    throw stripeError(400, 'parameter_invalid_integer', 'This value must be greater than or equal to 1.', 'amount')
  if (amount > left) {
    const [asked, rest] = [formatMoney(amount, fee.currency), formatMoney(left, fee.currency)]
    throw stripeError(
      400,
      undefined,
      `Refund amount (${asked}) is greater than unrefunded amount on fee (${rest})`,
      'amount',
    )
  }
  const id = ctx.newId('fee_refund')
  const movement = { currency: fee.currency, source: id, description: 'Application fee refund', availableNow: true }
  const booked = book(ctx, {
    ...movement,
    type: 'application_fee_refund',
    amount: -amount,
    reporting_category: 'platform_earning_refund',
  })
  book(ctx.on(fee.account), { ...movement, type: 'adjustment', amount, reporting_category: 'fee' })
  const refund = ctx.tables.fee_refund.create({
    id,
    amount,
    balance_transaction: booked.id,
    currency: fee.currency,
    fee: fee.id,
    metadata,
  })
  const gone = fee.amount_refunded + amount
  const refunded = ctx.tables.application_fee.patch(fee.id, {
    amount_refunded: gone,
    refunded: gone === fee.amount,
    refunds: { ...fee.refunds, data: [refund, ...fee.refunds.data] },
  })
  ctx.emit('application_fee.refunded', refunded)
  return refund
}
