import { type Context, defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { availableBalance, bookCredit, type CreditGrant, ledgerBalance } from '../invoicing/billing-credit.ts'
import { clockOf, onClock } from '../invoicing/time.ts'

/** Billing credits for usage: docs.stripe.com/billing/subscriptions/usage-based/billing-credits. */
export const creditGrants = defineResource({
  object: 'billing.credit_grant',
  indexes: ['customer'],

  create(context) {
    const { params } = context
    if (!params.customer) throw stripeError(400, 'parameter_missing', 'Missing required param: customer.', 'customer')
    context.tables.customer.need(params.customer, 'customer')
    const test_clock = clockOf(context, params.customer)
    const ctx = onClock(context, test_clock)
    const monetary = params.amount.monetary
    if (!monetary || monetary.value < 1)
      throw stripeError(
        400,
        'parameter_invalid_integer',
        'This value must be greater than or equal to 1.',
        'amount[monetary][value]',
      )
    const grant = context.save({
      amount: { monetary: { currency: monetary.currency.toLowerCase(), value: monetary.value }, type: 'monetary' },
      category: params.category ?? 'paid',
      created: ctx.now,
      effective_at: params.effective_at ?? ctx.now,
      expires_at: params.expires_at ?? null,
      name: params.name ?? null,
      priority: params.priority ?? 50,
      test_clock,
      updated: ctx.now,
      voided_at: null,
    })
    bookCredit(ctx, grant, monetary.value, 'credits_granted')
    if (grant.expires_at !== null)
      ctx.schedule('billing.credit_grant', 'expire', grant.id, grant.expires_at, test_clock)
    return grant
  },

  update: (ctx) => ({ updated: ctx.now }),

  actions: {
    expire(context) {
      const ctx = onClock(context, context.object.test_clock)
      useUp(ctx, context.object, 'credits_expired')
      return { expires_at: ctx.now, updated: ctx.now }
    },
    void(context) {
      const ctx = onClock(context, context.object.test_clock)
      if (ledgerBalance(ctx, context.object) < (context.object.amount.monetary?.value ?? 0))
        throw stripeError(
          400,
          undefined,
          'You cannot void a credit grant that has been applied to an invoice; expire it instead.',
        )
      useUp(ctx, context.object, 'credits_voided')
      return { updated: ctx.now, voided_at: ctx.now }
    },
  },

  operations: {
    'GET /v1/billing/credit_balance_summary'(context) {
      const customer = String(context.params.customer)
      context.tables.customer.need(customer, 'customer')
      const ctx = onClock(context, clockOf(context, customer))
      const { credit_grant } = (context.params.filter ?? {}) as { credit_grant?: string }
      const grants = ctx.tables['billing.credit_grant']
        .by('customer', customer)
        .filter(({ id }) => credit_grant === undefined || id === credit_grant)
      const currencies = [...new Set(grants.map(({ amount }) => amount.monetary?.currency ?? 'usd'))]
      return {
        object: 'billing.credit_balance_summary',
        balances: currencies.map((currency) => balanceOf(ctx, grants, currency)),
        customer,
        customer_account: null,
        livemode: false,
      }
    },
  },

  jobs: {
    expire: (ctx) => useUp(ctx, ctx.object, 'credits_expired'),
  },
})

function useUp(ctx: Context, grant: CreditGrant, type: 'credits_expired' | 'credits_voided'): void {
  const left = ledgerBalance(ctx, grant)
  if (left > 0) bookCredit(ctx, grant, -left, type)
}

function balanceOf(ctx: Context, all: readonly CreditGrant[], currency: string): object {
  const grants = all.filter(({ amount }) => amount.monetary?.currency === currency)
  const sum = (of: (ctx: Context, grant: CreditGrant) => number): object => ({
    monetary: { currency, value: grants.reduce((total, grant) => total + of(ctx, grant), 0) },
    type: 'monetary',
  })
  return { available_balance: sum(availableBalance), ledger_balance: sum(ledgerBalance) }
}
