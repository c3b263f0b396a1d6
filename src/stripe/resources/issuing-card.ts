import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'

/** Cards that the account issues: docs.stripe.com/issuing/cards. */
export const issuedCards = defineResource({
  object: 'issuing.card',
  indexes: ['status', 'type'],

  create(ctx) {
    const { params, tables } = ctx
    if (!params.cardholder)
      throw stripeError(400, 'parameter_missing', 'Missing required param: cardholder.', 'cardholder')
    const cardholder = tables['issuing.cardholder'].need(params.cardholder, 'cardholder')
    if (params.type === 'physical' && !params.shipping)
      throw stripeError(400, 'parameter_missing', 'Missing required param: shipping.', 'shipping')
    const today = new Date(ctx.now * 1000)
    return {
      brand: 'Visa',
      cardholder,
      currency: params.currency.toLowerCase(),
      exp_month: params.exp_month ?? today.getUTCMonth() + 1,
      exp_year: params.exp_year ?? today.getUTCFullYear() + 3,
      last4: String(1000 + tables['issuing.card'].size).slice(-4),
      metadata: params.metadata ?? {},
      status: params.status ?? 'inactive',
      wallets: {
        apple_pay: { eligible: true, ineligible_reason: null },
        google_pay: { eligible: true, ineligible_reason: null },
        primary_account_identifier: null,
      },
    }
  },

  update({ object, params }) {
    if (object.status === 'canceled' && params.status && params.status !== 'canceled')
      throw stripeError(400, undefined, 'A canceled card cannot be made active again.', 'status')
    return params.status === 'canceled' ? { cancellation_reason: params.cancellation_reason ?? null } : undefined
  },
})
