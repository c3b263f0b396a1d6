import { behaviourOfFingerprint, type CardBehaviour, fingerprintOf } from '../cards.ts'
import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import type { Given, Stored } from '../wire.ts'
import { makeNamedBankMethod } from './bank-method.ts'
import { type ReadCard, readNamedCard } from './card-input.ts'

export type PaymentMethod = Stored<'payment_method'>

export const noBillingDetails = {
  address: { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
  email: null,
  name: null,
  phone: null,
  tax_id: null,
}

/** The `card` of a payment method; the number itself is not kept. */
export function cardFields({
  card,
  exp_month,
  exp_year,
  cvcGiven,
}: ReadCard): NonNullable<Given<PaymentMethod>['card']> {
  return {
    brand: card.brand,
    checks: {
      address_line1_check: null,
      address_postal_code_check: null,
      cvc_check: cvcGiven ? (card.cvc_check ?? 'pass') : null,
    },
    country: card.country,
    display_brand: card.brand === 'amex' ? 'american_express' : card.brand,
    exp_month,
    exp_year,
    fingerprint: fingerprintOf(card.number),
    funding: card.funding,
    generated_from: null,
    last4: card.number.slice(-4),
    networks: { available: [card.brand], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: card.threeDSecure !== 'not_supported' },
    wallet: null,
  }
}

/** A new card payment method that belongs to nobody yet. */
export const makeCardMethod = (ctx: Context, read: ReadCard, fields: Given<PaymentMethod> = {}): PaymentMethod =>
  ctx.tables.payment_method.create({
    type: 'card',
    card: cardFields(read),
    billing_details: noBillingDetails,
    customer: null,
    allow_redisplay: 'unspecified',
    metadata: {},
    ...fields,
  })

/** The payment method of an id; `pm_card_visa` and its like make a new one each time, as at Stripe. */
export function usePaymentMethod(ctx: Context, id: string, param = 'payment_method'): PaymentMethod {
  const read = id.startsWith('pm_card_') || id.startsWith('tok_') ? readNamedCard(id, ctx.now) : undefined
  if (read) return makeCardMethod(ctx, read)
  const found = ctx.tables.payment_method.get(id) ?? makeNamedBankMethod(ctx, id)
  if (found) return found
  throw stripeError(400, 'resource_missing', `No such PaymentMethod: '${id}'`, param)
}

/** What the test card behind a payment method does. */
export const behaviourOf = (method: PaymentMethod): CardBehaviour => behaviourOfFingerprint(method.card?.fingerprint)

const detachedKey = (id: string) => `detached ${id}`
const setUpKey = (id: string) => `set up ${id}`

export const markDetached = (ctx: Context, id: string): void => void ctx.account.memory.set(detachedKey(id), true)
/** Remembers that a card was authenticated for later off-session use. */
export const markSetUp = (ctx: Context, id: string): void => void ctx.account.memory.set(setUpKey(id), true)
export const isSetUp = (ctx: Context, id: string): boolean => ctx.account.memory.has(setUpKey(id))

/** A payment method without a customer is good for one payment only, and one that was detached for none. */
export const isUsedUp = (ctx: Context, method: PaymentMethod): boolean =>
  method.customer === null &&
  (ctx.account.memory.has(detachedKey(method.id)) ||
    ctx.tables.charge.by('payment_method', method.id).some(({ paid }) => paid))

/** Gives a payment method to a customer; cards that are always declined are declined here already, as at Stripe. */
export function attachMethod(ctx: Context, method: PaymentMethod, customer: string): PaymentMethod {
  if (method.customer === customer) return method
  if (method.customer !== null)
    throw stripeError(400, undefined, 'The payment method you provided has already been attached to a customer.')
  if (isUsedUp(ctx, method))
    throw stripeError(
      400,
      undefined,
      'This PaymentMethod was previously used without being attached to a Customer or was detached from a Customer, and may not be used again.',
    )
  const attached = ctx.tables.payment_method.patch(method.id, { customer })
  ctx.emit('payment_method.attached', attached)
  return attached
}
