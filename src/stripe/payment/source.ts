import { declines } from '../declines.ts'
import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import type { Given, Stored } from '../wire.ts'
import { type ReadCard, readCard, readNamedCard } from './card-input.ts'
import { behaviourOf, cardFields, makeCardMethod, type PaymentMethod } from './payment-method.ts'

const brandNames: Record<string, string> = {
  visa: 'Visa',
  mastercard: 'MasterCard',
  amex: 'American Express',
  discover: 'Discover',
  diners: 'Diners Club',
  jcb: 'JCB',
  unionpay: 'UnionPay',
}

const numberKey = (token: string) => `token ${token}`

/** The legacy `card` object of card details. */
export function legacyCard(id: string, read: ReadCard, customer: string | null): Given<Stored<'card'>> {
  const { brand, checks, country, exp_month, exp_year, fingerprint, funding, last4, networks } = cardFields(read)
  return {
    id,
    object: 'card',
    address_city: null,
    address_country: null,
    address_line1: null,
    address_line1_check: null,
    address_line2: null,
    address_state: null,
    address_zip: null,
    address_zip_check: null,
    brand: brandNames[brand ?? ''] ?? 'Unknown',
    country: country ?? null,
    customer,
    cvc_check: checks?.cvc_check ?? null,
    dynamic_last4: null,
    exp_month,
    exp_year,
    fingerprint: fingerprint ?? null,
    funding,
    last4,
    metadata: {},
    name: null,
    networks: { preferred: networks?.preferred ?? null },
    regulated_status: 'unregulated',
    tokenization_method: null,
  }
}

/** Remembers which card a single-use token stands for. */
export const rememberToken = (ctx: Context, token: string, number: string): void =>
  void ctx.account.memory.set(numberKey(token), number)

/** The card behind `tok_visa` or behind a token of ours, which is good once. */
export function spendToken(ctx: Context, token: string, param: string): ReadCard {
  const named = readNamedCard(token, ctx.now)
  if (named) return named
  const { card, used } = ctx.tables.token.need(token, param)
  if (used) throw stripeError(400, 'token_already_used', `You cannot use a Stripe token more than once: ${token}.`)
  const number = ctx.account.memory.get(numberKey(token))
  if (!card || typeof number !== 'string')
    throw stripeError(400, 'invalid_source_usage', `The token ${token} does not stand for a card.`, param)
  ctx.tables.token.patch(token, { used: true })
  return readCard({ number, exp_month: card.exp_month, exp_year: card.exp_year }, ctx.now)
}

/**
 * Saves a card the old way: a `card_…` of the customer, which is a payment method of the same id too. Returns the id; cards that are
 * always declined are declined here.
 */
export function makeSource(ctx: Context, token: string, customer: string): string {
  const read = spendToken(ctx, token, 'source')
  const id = ctx.newId('card')
  const { decline } = behaviourOf(makeMethod(ctx, id, read, customer))
  if (decline) {
    ctx.tables.payment_method.remove(id)
    const { code, message, ...rest } = declines[decline]
    throw stripeError(402, code, message, undefined, rest)
  }
  ctx.tables.card.create(legacyCard(id, read, customer))
  return id
}

const makeMethod = (ctx: Context, id: string, read: ReadCard, customer: string): PaymentMethod =>
  makeCardMethod(ctx, read, { id, customer })

/** What a charge is made on: a token, one of the customer's cards, or the customer's default. */
export function sourceMethod(ctx: Context, source: string | undefined, customer: string | undefined): PaymentMethod {
  const owner = customer ? ctx.tables.customer.need(customer, 'customer') : undefined
  if (source?.startsWith('tok_')) return makeCardMethod(ctx, spendToken(ctx, source, 'source'))
  const id = source ?? owner?.default_source
  if (!id) {
    if (owner) throw stripeError(402, 'missing', 'Cannot charge a customer that has no active card', 'card')
    throw stripeError(400, 'parameter_missing', 'Must provide source or customer.')
  }
  const method = ctx.tables.payment_method.get(id)
  if (!method) throw stripeError(400, 'resource_missing', `No such token: '${id}'`, 'source')
  if (method.customer !== (customer ?? null))
    throw stripeError(404, 'missing', `Customer ${customer} does not have a linked source with ID ${id}.`, 'source')
  return method
}
