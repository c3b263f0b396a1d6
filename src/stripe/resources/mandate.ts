import { defineResource } from '../define.ts'

/** Mandates come from confirming an intent with a bank debit; a test clock or the bank may revoke them, the API cannot. */
export const mandates = defineResource({
  object: 'mandate',
  indexes: ['payment_method'],
  events: { update: 'mandate.updated' },
})
