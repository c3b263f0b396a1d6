import { defineResource } from '../define.ts'
import { moveBalance } from '../invoicing/balance.ts'
import { clockOf, onClock } from '../invoicing/time.ts'

/** What changes a customer's credit by hand. Rules: docs.stripe.com/billing/customer/balance. */
export const customerBalanceTransactions = defineResource({
  object: 'customer_balance_transaction',
  indexes: ['customer', 'invoice'],

  create(ctx) {
    const { params, path } = ctx
    const customer = path.id ?? ''
    return moveBalance(onClock(ctx, clockOf(ctx, customer)), customer, {
      id: ctx.id,
      amount: params.amount,
      currency: params.currency.toLowerCase(),
      description: params.description ?? null,
      metadata: params.metadata ?? {},
      type: 'adjustment',
    })
  },
})
