import { defineResource } from '../define.ts'

/** Warnings come from test cards; they stop being actionable once the charge is refunded: docs.stripe.com/radar. */
export const earlyFraudWarnings = defineResource({
  object: 'radar.early_fraud_warning',
  indexes: ['charge', 'payment_intent'],
  events: { create: false },

  retrieve({ object, tables }) {
    const charge = tables.charge.get(object.charge)
    return charge?.refunded ? { actionable: false } : undefined
  },
})
