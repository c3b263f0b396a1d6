import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { makeTransaction, type PurchaseOrder } from '../issuing/purchase.ts'

/** What was taken with an issued card, or given back: docs.stripe.com/api/issuing/transactions. */
export const issuingTransactions = defineResource({
  object: 'issuing.transaction',
  indexes: ['card', 'cardholder', 'type', 'authorization'],

  operations: {
    'POST /v1/test_helpers/issuing/transactions/create_force_capture': (ctx) =>
      makeTransaction(ctx, 'capture', ctx.params as unknown as PurchaseOrder),

    'POST /v1/test_helpers/issuing/transactions/create_unlinked_refund': (ctx) =>
      makeTransaction(ctx, 'refund', ctx.params as unknown as PurchaseOrder),

    'POST /v1/test_helpers/issuing/transactions/{id}/refund'(ctx) {
      const transaction = ctx.tables['issuing.transaction'].need(ctx.path.id)
      const taken = -transaction.amount
      const { refund_amount = taken } = ctx.params as { refund_amount?: number }
      if (refund_amount > taken)
        throw stripeError(400, undefined, `The refund amount cannot be greater than ${taken}.`, 'refund_amount')
      const { card, currency, merchant_data } = transaction
      return makeTransaction(ctx, 'refund', { card, amount: refund_amount, currency, merchant_data })
    },
  },
})
