import { defineResource } from '../define.ts'

/** People and companies that issued cards belong to: docs.stripe.com/api/issuing/cardholders. */
export const cardholders = defineResource({
  object: 'issuing.cardholder',
  indexes: ['status', 'type', 'email'],
  create: ({ params }) => ({
    metadata: params.metadata ?? {},
    requirements: { disabled_reason: null, past_due: [] },
    status: params.status ?? 'active',
    type: params.type ?? (params.company ? 'company' : 'individual'),
  }),
})
