import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { book, holdingOf } from '../payment/balance.ts'
import type { Given, Stored } from '../wire.ts'
import { failureOf, payoutDestination } from './bank.ts'

export type Payout = Stored<'payout'>

const secondsPerDay = 86_400
const minute = 60

export interface PayoutOrder {
  amount: number
  currency: string
  method?: string | undefined
  destination?: string | null | undefined
  automatic: boolean
  fields?: Given<Payout>
}

/** Refuses to spend more than is available, in the words Stripe has for test mode. */
export function needAvailable(ctx: Context, amount: number, currency: string): void {
  if (amount <= holdingOf(ctx, currency).available) return
  throw stripeError(
    400,
    'balance_insufficient',
    'You have insufficient available funds in your Stripe account. Try adding funds directly to your available balance by creating Charges using the 4000000000000077 test card. See: https://stripe.com/docs/testing#available-balance',
  )
}

/** Sends money to a bank: it leaves the balance at once and arrives the next day, an instant payout half an hour later. */
export function sendPayout(ctx: Context, id: string, order: PayoutOrder): Payout {
  const { amount, automatic, currency, fields, method = 'standard' } = order
  const destination = payoutDestination(ctx, currency, order.destination)
  needAvailable(ctx, amount, currency)
  const booked = book(ctx, {
    type: 'payout',
    amount: -amount,
    currency,
    source: id,
    description: automatic ? 'STRIPE PAYOUT' : (fields?.description ?? 'STRIPE PAYOUT'),
    reporting_category: 'payout',
    availableNow: true,
  })
  const arrival_date =
    method === 'instant' ? ctx.now + 30 * minute : (Math.floor(ctx.now / secondsPerDay) + 1) * secondsPerDay
  const payout = ctx.tables.payout.create({
    ...fields,
    id,
    amount,
    arrival_date,
    automatic,
    balance_transaction: booked.id,
    currency,
    destination: destination.id,
    method,
    reconciliation_status: automatic ? 'in_progress' : 'not_applicable',
    source_type: 'card',
    status: 'pending',
    type: destination.object === 'card' ? 'card' : 'bank_account',
  })
  ctx.schedule('payout', 'arrive', id, arrival_date)
  ctx.emit('payout.created', payout)
  return payout
}

/** The bank's answer: paid, or failed and the money is back. */
export function arrive(ctx: Context, payout: Payout): void {
  if (payout.status !== 'pending' && payout.status !== 'in_transit') return
  const failure = failureOf(ctx, payout.destination)
  if (failure) {
    fail(ctx, payout, failure)
    return
  }
  const paid = ctx.tables.payout.patch(payout.id, {
    status: 'paid',
    trace_id: { status: 'supported', value: `GK${payout.id.slice(-12)}` },
    ...(payout.automatic && { reconciliation_status: 'completed' }),
  })
  ctx.emit('payout.paid', paid)
  if (payout.automatic) ctx.emit('payout.reconciliation_completed', paid)
}

function fail(ctx: Context, payout: Payout, failure: { failure_code: string; failure_message: string }): void {
  const back = giveBack(ctx, payout, 'payout_failure', 'STRIPE PAYOUT FAILURE')
  const bank = ctx.tables.bank_account.get(payout.destination ?? '')
  if (bank) {
    const errored = ctx.tables.bank_account.patch(bank.id, { status: 'errored' })
    ctx.emit('account.external_account.updated', errored, { status: bank.status })
  }
  const failed = ctx.tables.payout.patch(payout.id, { ...failure, failure_balance_transaction: back, status: 'failed' })
  ctx.emit('payout.failed', failed)
}

/** Takes a payout back that the bank has not got yet. */
export function cancelPayout(ctx: Context, payout: Payout): Payout {
  if (payout.status !== 'pending')
    throw stripeError(400, undefined, 'Payouts can only be canceled while they are pending.')
  ctx.unschedule('payout', 'arrive', payout.id)
  const back = giveBack(ctx, payout, 'payout_cancel', 'STRIPE PAYOUT CANCEL')
  const canceled = ctx.tables.payout.patch(payout.id, { failure_balance_transaction: back, status: 'canceled' })
  ctx.emit('payout.canceled', canceled)
  return canceled
}

/** Pulls a payout back out of the bank account: another payout with a negative amount, which is what is answered. */
export function reversePayout(ctx: Context, payout: Payout, metadata: Record<string, string>): Payout {
  if (payout.status !== 'paid' || payout.reversed_by)
    throw stripeError(
      400,
      undefined,
      `Payout ${payout.id} cannot be reversed: only a paid payout that was not reversed before can be.`,
    )
  const id = ctx.newId('payout')
  const booked = book(ctx, {
    type: 'payout',
    amount: payout.amount,
    currency: payout.currency,
    source: id,
    description: 'STRIPE PAYOUT REVERSAL',
    reporting_category: 'payout_reversal',
    availableNow: true,
  })
  const { created: _, trace_id: __, ...same } = payout
  const reversal = ctx.tables.payout.create({
    ...same,
    id,
    amount: -payout.amount,
    arrival_date: ctx.now + secondsPerDay,
    automatic: false,
    balance_transaction: booked.id,
    metadata,
    original_payout: payout.id,
    status: 'pending',
  })
  ctx.tables.payout.patch(payout.id, { reversed_by: id })
  ctx.schedule('payout', 'arrive', id, reversal.arrival_date)
  ctx.emit('payout.created', reversal)
  return reversal
}

const giveBack = (
  ctx: Context,
  payout: Payout,
  type: 'payout_cancel' | 'payout_failure',
  description: string,
): string =>
  book(ctx, {
    type,
    amount: payout.amount,
    currency: payout.currency,
    source: payout.id,
    description,
    reporting_category: 'payout_reversal',
    availableNow: true,
  }).id
