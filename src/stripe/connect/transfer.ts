import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { book, holdingOf } from '../payment/balance.ts'
import { formatMoney } from '../payment/money.ts'
import { needAvailable } from '../payout/send.ts'
import type { Given, Stored } from '../wire.ts'
import { isLegacy } from './legacy.ts'

export type Transfer = Stored<'transfer'>
type Charge = Stored<'charge'>
export type Reversal = Stored<'transfer_reversal'>

export interface TransferOrder {
  amount: number
  currency: string
  destination: string
  /** The charge whose funds these are: they become available together. */
  source?: Charge | undefined
  /** What of it the platform takes back as its fee. */
  applicationFee?: number
  /** A charge that is shared at once needs no funds that are available yet. */
  isShare?: boolean
  fields?: Given<Transfer>
}

/** The connected account that money goes to; it must be able to receive transfers. */
export function needDestination(ctx: Context, id: string, param = 'destination'): void {
  const account = ctx.tables.account.get(id)
  if (!account || id === ctx.account.id)
    throw stripeError(400, 'resource_missing', `No such destination: '${id}'`, param)
  const { legacy_payments, transfers } = account.capabilities ?? {}
  if (transfers === 'active' || legacy_payments === 'active' || isLegacy(ctx, id)) return
  throw stripeError(
    400,
    'insufficient_capabilities_for_transfer',
    'Your destination account needs to have at least one of the following capabilities enabled: transfers, crypto_transfers, legacy_payments',
    param,
  )
}

/** Moves money from the platform to a connected account, where it arrives as a payment `py_…`. */
export function makeTransfer(ctx: Context, id: string, order: TransferOrder): Transfer {
  const { amount, currency, destination, fields, isShare = false, source } = order
  needDestination(ctx, destination)
  if (source) needCovered(ctx, source, amount, currency)
  if (!source && !isShare) needAvailable(ctx, amount, currency)
  const booked = book(ctx, {
    type: 'transfer',
    amount: -amount,
    currency,
    source: id,
    description: fields?.description ?? null,
    reporting_category: 'transfer',
    against: source?.balance_transaction ?? null,
  })
  const payment = receive(ctx, id, order, booked.available_on)
  const transfer = ctx.tables.transfer.create({
    ...fields,
    id,
    amount,
    amount_reversed: 0,
    balance_transaction: booked.id,
    created: ctx.now,
    currency,
    destination,
    destination_payment: payment.id,
    reversals: { object: 'list', data: [], has_more: false, url: `/v1/transfers/${id}/reversals` },
    reversed: false,
    source_transaction: source?.id ?? null,
    source_type: 'card',
    transfer_group:
      fields?.transfer_group ??
      source?.transfer_group ??
      (source ? `group_${source.payment_intent ?? source.id}` : null),
  })
  ctx.emit('transfer.created', transfer)
  return transfer
}

function needCovered(ctx: Context, source: Charge, amount: number, currency: string): void {
  if (source.currency !== currency)
    throw stripeError(
      400,
      undefined,
      `The currency of source_transaction's balance transaction (${source.currency}) must be the same as the transfer currency (${currency})`,
      'source_transaction',
    )
  const gone = ctx.tables.transfer
    .by('source_transaction', source.id)
    .reduce((sum, { amount: given }) => sum + given, 0)
  const left = source.amount_captured - gone
  if (amount <= left) return
  throw stripeError(
    400,
    undefined,
    `Insufficient funds available in source_transaction to perform this transfer: ${formatMoney(left, currency)} left.`,
    'amount',
  )
}

/** The payment that a transfer is on the connected account. */
function receive(
  ctx: Context,
  transfer: string,
  { amount, applicationFee = 0, currency, destination }: TransferOrder,
  availableOn: number,
): Charge {
  const own = ctx.on(destination)
  const id = `py_${own.newId('charge').slice(3)}`
  const booked = book(own, {
    type: 'payment',
    amount,
    applicationFee,
    currency,
    source: id,
    reporting_category: 'charge',
    ...(availableOn > ctx.now ? {} : { availableNow: true }),
  })
  return own.tables.charge.create({
    id,
    amount,
    amount_captured: amount,
    amount_refunded: 0,
    application_fee_amount: applicationFee || null,
    balance_transaction: booked.id,
    captured: true,
    currency,
    disputed: false,
    metadata: {},
    outcome: null,
    paid: true,
    payment_method_details: { type: 'stripe_account', stripe_account: {} },
    refunded: false,
    source_transfer: transfer,
    status: 'succeeded',
  })
}

export interface ReversalOrder {
  amount?: number | undefined
  description?: string | null | undefined
  metadata?: Record<string, string> | null | undefined
  sourceRefund?: string | undefined
}

/** Takes a transfer back, whole or in part; the connected account must have the money. */
export function reverseTransfer(ctx: Context, transfer: Transfer, order: ReversalOrder): Reversal {
  const amount = reversible(transfer, order.amount)
  const own = ctx.on(transfer.destination ?? '')
  const { available, pending } = holdingOf(own, transfer.currency)
  if (amount > available + pending)
    throw stripeError(
      400,
      'balance_insufficient',
      'The connected account has insufficient funds to reverse this transfer.',
    )
  const id = ctx.newId('transfer_reversal')
  const booked = book(ctx, {
    type: 'transfer_refund',
    amount,
    currency: transfer.currency,
    source: id,
    description: order.description ?? null,
    reporting_category: 'transfer_reversal',
    against: transfer.balance_transaction,
  })
  const reversal = ctx.tables.transfer_reversal.create({
    id,
    amount,
    balance_transaction: booked.id,
    currency: transfer.currency,
    destination_payment_refund: giveBack(own, transfer, amount),
    metadata: order.metadata ?? {},
    source_refund: order.sourceRefund ?? null,
    transfer: transfer.id,
  })
  const gone = transfer.amount_reversed + amount
  const reversed = ctx.tables.transfer.patch(transfer.id, {
    amount_reversed: gone,
    reversals: { ...transfer.reversals, data: [reversal, ...transfer.reversals.data] },
    reversed: gone === transfer.amount,
  })
  ctx.emit('transfer.reversed', reversed)
  return reversal
}

function reversible(transfer: Transfer, wanted: number | undefined): number {
  const left = transfer.amount - transfer.amount_reversed
  if (left === 0) throw stripeError(400, undefined, `Transfer ${transfer.id} is already fully reversed.`)
  if (wanted !== undefined && wanted < 1)
    throw stripeError(400, 'parameter_invalid_integer', 'This value must be greater than or equal to 1.', 'amount')
  const amount = wanted ?? left
  if (amount <= left) return amount
  const [asked, rest] = [formatMoney(amount, transfer.currency), formatMoney(left, transfer.currency)]
  throw stripeError(
    400,
    undefined,
    `Refund amount (${asked}) is greater than unrefunded amount on transfer (${rest})`,
    'amount',
  )
}

/** The refund `pyr_…` of the connected account's payment. */
function giveBack(own: Context, transfer: Transfer, amount: number): string {
  const payment = own.tables.charge.need(transfer.destination_payment)
  const id = `pyr_${own.newId('refund').slice(3)}`
  const booked = book(own, {
    type: 'payment_refund',
    amount: -amount,
    currency: transfer.currency,
    source: id,
    description: 'REFUND FOR PAYMENT',
    reporting_category: 'refund',
    against: payment.balance_transaction,
  })
  const gone = payment.amount_refunded + amount
  own.tables.charge.patch(payment.id, { amount_refunded: gone, refunded: gone === payment.amount })
  own.tables.refund.create({
    id,
    amount,
    balance_transaction: booked.id,
    charge: payment.id,
    currency: transfer.currency,
    metadata: {},
    status: 'succeeded',
  })
  return id
}
