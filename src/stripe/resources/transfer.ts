import { makeTransfer } from '../connect/transfer.ts'
import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { readCurrency } from '../payment/money.ts'

/** Money that a platform sends to a connected account: docs.stripe.com/connect/separate-charges-and-transfers. */
export const transfers = defineResource({
  object: 'transfer',
  indexes: ['destination', 'transfer_group', 'source_transaction'],
  events: { create: false },

  create(ctx) {
    const { id, params, tables } = ctx
    const source = params.source_transaction
      ? tables.charge.need(params.source_transaction, 'source_transaction')
      : undefined
    const amount = params.amount ?? source?.amount_captured
    if (amount === undefined) throw stripeError(400, 'parameter_missing', 'Missing required param: amount.', 'amount')
    if (amount < 1)
      throw stripeError(400, 'parameter_invalid_integer', 'This value must be greater than or equal to 1.', 'amount')
    return makeTransfer(ctx, id, {
      amount,
      currency: readCurrency(params.currency),
      destination: params.destination,
      source,
      fields: {
        description: params.description ?? null,
        metadata: params.metadata ?? {},
        ...(params.transfer_group && { transfer_group: params.transfer_group }),
      },
    })
  },
})
