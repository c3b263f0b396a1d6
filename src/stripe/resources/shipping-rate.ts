import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { readCurrency } from '../payment/money.ts'

/** Rules: docs.stripe.com/api/shipping_rates. */
export const shippingRates = defineResource({
  object: 'shipping_rate',

  create({ params }) {
    const { fixed_amount } = params
    if (!fixed_amount)
      throw stripeError(400, 'parameter_missing', 'Missing required param: fixed_amount.', 'fixed_amount')
    return {
      active: true,
      fixed_amount: { amount: fixed_amount.amount, currency: readCurrency(fixed_amount.currency) },
      tax_behavior: params.tax_behavior ?? 'unspecified',
      type: 'fixed_amount',
    }
  },
})
