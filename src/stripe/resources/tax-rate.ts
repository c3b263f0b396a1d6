import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'

/** Rules: docs.stripe.com/api/tax_rates. Percentage and direction never change. */
export const taxRates = defineResource({
  object: 'tax_rate',

  create({ params }) {
    if (params.percentage < 0 || params.percentage > 100)
      throw stripeError(400, undefined, 'Invalid percentage: must be between 0 and 100.', 'percentage')
    return {
      active: params.active ?? true,
      effective_percentage: null,
      jurisdiction_level: null,
      rate_type: 'percentage',
    }
  },
})
