import { defineResource } from '../define.ts'
import { balanceOf, settleDue } from '../payment/balance.ts'
import { payOutAutomatically, payoutOf } from '../payout/automatic.ts'

/** The balance is the sum of its transactions, each available when its time has come: docs.stripe.com/api/balance. */
export const balanceTransactions = defineResource({
  object: 'balance_transaction',
  indexes: ['source', 'status'],
  list: ({ id }, ctx) => ctx.params.payout === undefined || payoutOf(ctx, id) === ctx.params.payout,

  operations: { 'GET /v1/balance': balanceOf },
  jobs: {
    settle(ctx) {
      for (const currency of settleDue(ctx)) payOutAutomatically(ctx, currency)
    },
  },
})
