import { reverseTransfer } from '../connect/transfer.ts'
import { defineResource } from '../define.ts'

interface ReversalParams {
  amount?: number
  description?: string
  metadata?: Record<string, string> | null
}

/** Source: docs.stripe.com/api/transfer_reversals. */
export const transferReversals = defineResource({
  object: 'transfer_reversal',
  indexes: ['transfer'],
  operations: {
    'POST /v1/transfers/{id}/reversals': (ctx) =>
      reverseTransfer(ctx, ctx.tables.transfer.need(ctx.path.id), ctx.params as ReversalParams),
  },
})
