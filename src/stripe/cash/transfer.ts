import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { book } from '../payment/balance.ts'
import { type ChargeOrder, commonFields } from '../payment/charge.ts'
import { moveIntent, type PaymentIntent, unexpectedState } from '../payment/intent.ts'
import { formatMoney } from '../payment/money.ts'
import type { Given, Stored } from '../wire.ts'
import { bookCash, cashBalance, cashOf, modeOf } from './balance.ts'

/** Where a customer sends money to, by the currency: docs.stripe.com/payments/bank-transfers. */
export const kinds: Record<
  string,
  'eu_bank_transfer' | 'gb_bank_transfer' | 'jp_bank_transfer' | 'mx_bank_transfer' | 'us_bank_transfer'
> = {
  eur: 'eu_bank_transfer',
  gbp: 'gb_bank_transfer',
  jpy: 'jp_bank_transfer',
  mxn: 'mx_bank_transfer',
  usd: 'us_bank_transfer',
}

/** Pays from what the customer has with the account, or says where the rest is to be sent. */
export function payFromCash(ctx: Context, intent: PaymentIntent, order: Omit<ChargeOrder, 'capture'>): PaymentIntent {
  if (!intent.customer)
    throw stripeError(
      400,
      'parameter_missing',
      'You must provide a `customer` to confirm a PaymentIntent with customer_balance.',
      'customer',
    )
  const held = cashOf(ctx, intent.customer)[intent.currency] ?? 0
  const isAutomatic = modeOf(ctx, intent.customer) === 'automatic'
  if (held >= intent.amount && isAutomatic) return apply(ctx, intent, order)
  return moveIntent(
    ctx,
    intent,
    {
      next_action: instructions(ctx, intent, Math.max(0, intent.amount - (isAutomatic ? held : 0))),
      status: 'requires_action',
    },
    'payment_intent.requires_action',
  )
}

function instructions(
  ctx: Context,
  intent: PaymentIntent,
  amount_remaining: number,
): Given<PaymentIntent>['next_action'] {
  return {
    type: 'display_bank_transfer_instructions',
    display_bank_transfer_instructions: {
      amount_remaining,
      currency: intent.currency,
      hosted_instructions_url: ctx.url(`/transfers/${intent.id}`),
      reference: intent.id.slice(-12).toUpperCase(),
      type: kinds[intent.currency] ?? 'us_bank_transfer',
    },
  }
}

/** Takes the amount out of the cash balance and makes the charge of it. */
function apply(ctx: Context, intent: PaymentIntent, order: Omit<ChargeOrder, 'capture'>): PaymentIntent {
  bookCash(ctx, String(intent.customer), intent.currency, -intent.amount, {
    applied_to_payment: { payment_intent: intent.id },
    type: 'applied_to_payment',
  })
  const charge = ctx.tables.charge.create({
    ...commonFields(ctx, { ...order, capture: true }, {}),
    amount_captured: intent.amount,
    captured: true,
    paid: true,
    payment_method_details: { type: 'customer_balance', customer_balance: {} },
    status: 'succeeded',
  })
  const { id } = book(ctx, {
    type: 'payment',
    amount: intent.amount,
    fee: Math.min(500, Math.floor((intent.amount * 5 + 500) / 1000)),
    currency: intent.currency,
    source: charge.id,
    description: charge.description,
    reporting_category: 'charge',
  })
  ctx.emit('charge.succeeded', ctx.tables.charge.patch(charge.id, { balance_transaction: id }))
  return moveIntent(
    ctx,
    intent,
    { amount_received: intent.amount, latest_charge: charge.id, next_action: null, status: 'succeeded' },
    'payment_intent.succeeded',
  )
}

/** Applies the cash balance to an intent that waits for a bank transfer. */
export function applyCash(ctx: Context, intent: PaymentIntent, wanted: number | undefined): PaymentIntent {
  if (intent.next_action?.type !== 'display_bank_transfer_instructions')
    throw unexpectedState(
      intent,
      `You cannot apply a customer balance to this PaymentIntent because it has a status of ${intent.status}.`,
    )
  const held = cashOf(ctx, String(intent.customer))[intent.currency] ?? 0
  const amount = wanted ?? intent.amount
  if (amount > held)
    throw stripeError(
      400,
      'balance_insufficient',
      `The customer's cash balance (${formatMoney(held, intent.currency)}) is less than the amount to apply (${formatMoney(amount, intent.currency)}).`,
      'amount',
    )
  const method = ctx.tables.payment_method.need(intent.payment_method)
  return apply(ctx, intent, {
    amount: intent.amount,
    currency: intent.currency,
    method,
    fields: {
      customer: intent.customer,
      description: intent.description,
      metadata: intent.metadata,
      payment_intent: intent.id,
    },
  })
}

/** Money arrives from the customer's bank and pays the oldest intent that it is enough for. */
export function receiveTransfer(
  ctx: Context,
  customer: string,
  amount: number,
  currency: string,
  reference: string | null,
): Stored<'customer_cash_balance_transaction'> {
  const type = kinds[currency]
  if (!type) throw stripeError(400, undefined, `Bank transfers in ${currency} are not supported.`, 'currency')
  const transaction = bookCash(ctx, customer, currency, amount, {
    funded: { bank_transfer: { reference, type: type as 'us_bank_transfer' } },
    type: 'funded',
  })
  ctx.emit('cash_balance.funds_available', cashBalance(ctx, customer))
  if (modeOf(ctx, customer) === 'automatic') reconcile(ctx, customer, currency)
  return transaction
}

function reconcile(ctx: Context, customer: string, currency: string): void {
  const waiting = ctx.tables.payment_intent
    .by('customer', customer)
    .filter(
      (intent) => intent.currency === currency && intent.next_action?.type === 'display_bank_transfer_instructions',
    )
    .reverse()
  for (const intent of waiting) {
    const held = cashOf(ctx, customer)[currency] ?? 0
    if (held >= intent.amount) applyCash(ctx, intent, undefined)
    else if (held > 0) fundPartly(ctx, intent, held)
  }
}

/** The money stays in the cash balance until it is enough; the intent says how much is missing. */
function fundPartly(ctx: Context, intent: PaymentIntent, held: number): void {
  const next_action = instructions(ctx, intent, intent.amount - held)
  ctx.emit('payment_intent.partially_funded', ctx.tables.payment_intent.patch(intent.id, { next_action }))
}
