import { defineResource } from '../define.ts'

/** What was granted, applied, expired or voided of billing credits. */
export const creditBalanceTransactions = defineResource({
  object: 'billing.credit_balance_transaction',
  indexes: ['credit_grant'],
  ownFilters: ['customer'],

  list: ({ credit_grant }, { params, tables }) =>
    params.customer === undefined || tables['billing.credit_grant'].get(credit_grant)?.customer === params.customer,
})
