import { type Context, defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { book, settlesOn } from '../payment/balance.ts'
import { readCurrency } from '../payment/money.ts'
import type { Stored } from '../wire.ts'

/** The documented sources that fail: docs.stripe.com/connect/top-ups#testing. */
const failures: Record<string, { failure_code: string; failure_message: string }> = {
  btok_us_verified_noAccount: {
    failure_code: 'no_account',
    failure_message: 'No account could be located with those details.',
  },
  btok_us_verified_accountClosed: {
    failure_code: 'account_closed',
    failure_message: 'The bank account has been closed.',
  },
  btok_us_verified_insufficientFunds: {
    failure_code: 'insufficient_funds',
    failure_message: 'The bank account has insufficient funds.',
  },
  btok_us_verified_debitNotAuthorized: {
    failure_code: 'debit_not_authorized',
    failure_message: 'The debit was not authorized.',
  },
}

const sourceKey = (id: string) => `source of ${id}`

/** Money that an account adds to its balance from its bank; it comes with the clock. */
export const topups = defineResource({
  object: 'topup',
  events: { create: false },

  create(ctx) {
    const { id, params } = ctx
    if (params.amount < 1)
      throw stripeError(400, 'parameter_invalid_integer', 'This value must be greater than or equal to 1.', 'amount')
    if (params.source) ctx.account.memory.set(sourceKey(id), params.source)
    const expected_availability_date = settlesOn(ctx.now)
    const topup = ctx.save({
      currency: readCurrency(params.currency),
      expected_availability_date,
      initiated_by: 'user',
      metadata: params.metadata ?? {},
      source: null,
      status: 'pending',
    })
    ctx.schedule('topup', 'settle', id, expected_availability_date)
    ctx.emit('topup.created', topup)
    return topup
  },

  actions: {
    cancel(ctx) {
      if (ctx.object.status !== 'pending')
        throw stripeError(
          400,
          undefined,
          `You may not cancel a top-up with status ${ctx.object.status}. Only pending top-ups can be canceled.`,
        )
      ctx.unschedule('topup', 'settle', ctx.id)
      const canceled = ctx.tables.topup.patch(ctx.id, { status: 'canceled' })
      ctx.emit('topup.canceled', canceled)
      return canceled
    },
  },

  jobs: {
    settle: (ctx) => settle(ctx, ctx.object),
  },
})

function settle(ctx: Context, topup: Stored<'topup'>): void {
  if (topup.status !== 'pending') return
  const failure = failures[String(ctx.account.memory.get(sourceKey(topup.id)))]
  if (failure) {
    ctx.tables.topup.patch(topup.id, { ...failure, status: 'failed' })
    ctx.emit('topup.failed', topup.id)
    return
  }
  const { id } = book(ctx, {
    type: 'topup',
    amount: topup.amount,
    currency: topup.currency,
    source: topup.id,
    description: topup.description,
    reporting_category: 'topup',
    availableNow: true,
  })
  ctx.tables.topup.patch(topup.id, { balance_transaction: id, status: 'succeeded' })
  ctx.emit('topup.succeeded', topup.id)
}
