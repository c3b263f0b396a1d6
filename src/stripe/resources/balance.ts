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
    /** Tells of money that was never pending, in a moment of its own like all other. */
    announce(ctx) {
      ctx.emit('balance.available', balanceOf(ctx))
    },
    settle(ctx) {
      for (const currency of settleDue(ctx)) payOutAutomatically(ctx, currency)
    },
  },
})
