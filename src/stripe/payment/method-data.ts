import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import type { Given } from '../wire.ts'
import { type BankDetails, isBankDebit, makeBankMethod } from './bank-method.ts'
import { type CardInput, readCard } from './card-input.ts'
import { checkOwner } from './confirm.ts'
import { makeCardMethod, noBillingDetails, type PaymentMethod, usePaymentMethod } from './payment-method.ts'
import { spendToken } from './source.ts'

/** Parameters that describe a new payment method, inline or in `POST /v1/payment_methods`. */
export interface MethodInput {
  type?: string | undefined
  card?: CardInput | null | undefined
  billing_details?: object | null | undefined
  allow_redisplay?: string | undefined
  metadata?: Record<string, string> | null | undefined
  [type: string]: unknown
}

/** Makes a payment method of any type from its details. */
export function makeMethod(ctx: Context, input: MethodInput): PaymentMethod {
  const { allow_redisplay, card, metadata, type } = input
  const fields: Given<PaymentMethod> = {
    billing_details: withDetails(input.billing_details),
    metadata: metadata ?? {},
    allow_redisplay: allow_redisplay ?? 'unspecified',
  }
  if (type === undefined) throw stripeError(400, 'parameter_missing', 'Missing required param: type.', 'type')
  if (isBankDebit(type)) return makeBankMethod(ctx, type, (input[type] as BankDetails | undefined) ?? {}, fields)
  if (type !== 'card')
    return ctx.tables.payment_method.create({
      type,
      customer: null,
      ...fields,
      [type]: input[type] ?? {},
    } as Given<PaymentMethod>)
  if (!card) throw stripeError(400, 'parameter_missing', 'Missing required param: card.', 'card')
  const [, wallet] = walletToken.exec(card.token ?? '') ?? []
  if (wallet) return makeWalletMethod(ctx, wallet, fields)
  return makeCardMethod(ctx, card.token ? spendToken(ctx, card.token, 'card[token]') : readCard(card, ctx.now), fields)
}

/** What the wallet of the Stripe.js stand-in pays with; Stripe has no such token, as real wallets encrypt theirs. */
const walletToken = /^tok_visa_(google_pay|apple_pay)$/

function makeWalletMethod(ctx: Context, type: string, fields: Given<PaymentMethod>): PaymentMethod {
  const { card, id } = makeCardMethod(ctx, spendToken(ctx, 'tok_visa', 'card[token]'), fields)
  const wallet = { type: type as 'google_pay', dynamic_last4: null, [type]: {} }
  return ctx.tables.payment_method.patch(id, { card: { ...card, wallet } as Given<PaymentMethod>['card'] })
}

/** The payment method that `payment_method_data` describes; undefined without it. */
export function methodFromData(ctx: Context, params: { payment_method_data?: unknown }): PaymentMethod | undefined {
  const data = params.payment_method_data as MethodInput | undefined
  return data && makeMethod(ctx, data)
}

/** The payment method of a parameter, which must be the customer's if it is anybody's. */
export function checkMethod(
  ctx: Context,
  id: string | null | undefined,
  customer: string | null,
): PaymentMethod | undefined {
  if (!id) return undefined
  const method = usePaymentMethod(ctx, id)
  checkOwner(method, customer)
  return method
}

const withDetails = (given: object | null | undefined): Given<PaymentMethod>['billing_details'] => {
  const details = (given ?? {}) as { address?: object | null }
  return { ...noBillingDetails, ...details, address: { ...noBillingDetails.address, ...details.address } }
}
