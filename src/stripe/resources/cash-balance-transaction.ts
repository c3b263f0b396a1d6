import { cashBalance, type ReconciliationMode, setMode } from '../cash/balance.ts'
import { receiveTransfer } from '../cash/transfer.ts'
import { defineResource } from '../define.ts'
import { readCurrency } from '../payment/money.ts'

/** What customers have lying with the account after bank transfers: docs.stripe.com/payments/customer-balance. */
export const cashBalanceTransactions = defineResource({
  object: 'customer_cash_balance_transaction',
  indexes: ['customer'],

  operations: {
    'GET /v1/customers/{id}/cash_balance': (ctx) => cashBalance(ctx, ctx.tables.customer.need(ctx.path.id).id),

    'POST /v1/customers/{id}/cash_balance'(ctx) {
      const { id } = ctx.tables.customer.need(ctx.path.id)
      const { settings } = ctx.params as { settings?: { reconciliation_mode?: ReconciliationMode } }
      if (settings?.reconciliation_mode) setMode(ctx, id, settings.reconciliation_mode)
      return cashBalance(ctx, id)
    },

    'POST /v1/test_helpers/customers/{id}/fund_cash_balance'(ctx) {
      const { id } = ctx.tables.customer.need(ctx.path.id)
      const { amount, currency, reference = null } = ctx.params as unknown as Funding
      return receiveTransfer(ctx, id, amount, readCurrency(currency), reference)
    },
  },
})

interface Funding {
  amount: number
  currency: string
  reference?: string
}
