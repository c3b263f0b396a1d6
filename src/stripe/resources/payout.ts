import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { readCurrency } from '../payment/money.ts'
import { balanceSettings, type PayoutInterval, setPayoutInterval } from '../payout/automatic.ts'
import { arrive, cancelPayout, reversePayout, sendPayout } from '../payout/send.ts'

/** Money on its way to the account's bank: docs.stripe.com/payouts. */
export const payouts = defineResource({
  object: 'payout',
  indexes: ['destination', 'status'],
  events: { create: false },

  create(ctx) {
    const { id, params } = ctx
    if (params.amount < 1)
      throw stripeError(400, 'parameter_invalid_integer', 'This value must be greater than or equal to 1.', 'amount')
    const { destination, method } = params
    return sendPayout(ctx, id, {
      amount: params.amount,
      automatic: false,
      currency: readCurrency(params.currency),
      destination,
      method,
      fields: {
        description: params.description ?? null,
        metadata: params.metadata ?? {},
        statement_descriptor: params.statement_descriptor ?? null,
      },
    })
  },

  actions: {
    cancel: (ctx) => cancelPayout(ctx, ctx.object),
  },

  operations: {
    'GET /v1/balance_settings': balanceSettings,

    'POST /v1/balance_settings'(ctx) {
      const { payments } = ctx.params as SettingsParams
      const interval = payments?.payouts?.schedule?.interval
      if (interval) setPayoutInterval(ctx, interval)
      ctx.emit('balance_settings.updated', balanceSettings(ctx))
      return balanceSettings(ctx)
    },

    'POST /v1/payouts/{id}/reverse'(ctx) {
      const { metadata = {} } = ctx.params as { metadata?: Record<string, string> }
      return reversePayout(ctx, ctx.tables.payout.need(ctx.path.id), metadata)
    },
  },

  jobs: {
    arrive: (ctx) => arrive(ctx, ctx.object),
  },
})

interface SettingsParams {
  payments?: { payouts?: { schedule?: { interval?: PayoutInterval } } }
}
