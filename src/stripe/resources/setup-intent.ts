import { defineResource } from '../define.ts'
import { withConfirmationToken } from '../payment/confirmation-token.ts'
import { checkMethod, methodFromData } from '../payment/method-data.ts'
import { confirmSetup, type SetupOrder, verifyMicrodeposits } from '../setup/confirm.ts'
import { moveSetup, needOpenSetup } from '../setup/intent.ts'

/** The state machine of docs.stripe.com/payments/setup-intents; a declined confirmation is stored before its 402 is thrown. */
export const setupIntents = defineResource({
  object: 'setup_intent',
  indexes: ['customer', 'payment_method'],
  events: { create: false, update: false },

  create(ctx) {
    const { id, tables } = ctx
    const params = ctx.params.confirm
      ? withConfirmationToken(ctx, { id, object: 'setup_intent' }, ctx.params)
      : ctx.params
    if (params.customer) tables.customer.need(params.customer, 'customer')
    const method = methodFromData(ctx, params) ?? checkMethod(ctx, params.payment_method, params.customer ?? null)
    const types = (params as { payment_method_types?: string[] }).payment_method_types
    const intent = ctx.save({
      automatic_payment_methods: types
        ? null
        : { allow_redirects: 'always', enabled: true, ...params.automatic_payment_methods },
      client_secret: `${id}_secret_${ctx.newSecret(30)}`,
      payment_method: method?.id ?? null,
      payment_method_options: { card: { mandate_options: null, network: null, request_three_d_secure: 'automatic' } },
      payment_method_types: types ?? ['card'],
      status: method ? 'requires_confirmation' : 'requires_payment_method',
      usage: params.usage ?? 'off_session',
    })
    ctx.emit('setup_intent.created', intent)
    return params.confirm ? confirmSetup(ctx, intent, method, orderOf(params)) : intent
  },

  update(ctx) {
    const { object, params } = ctx
    needOpenSetup(object, 'update')
    if (params.payment_method === undefined) return undefined
    const method = checkMethod(ctx, params.payment_method, params.customer ?? object.customer)
    return { payment_method: method?.id ?? null, status: method ? 'requires_confirmation' : 'requires_payment_method' }
  },

  actions: {
    confirm(ctx) {
      const { object } = ctx
      const params = withConfirmationToken(ctx, object, ctx.params)
      const given =
        methodFromData(ctx, params) ?? checkMethod(ctx, params.payment_method ?? object.payment_method, object.customer)
      return confirmSetup(ctx, object, given, orderOf(params))
    },

    cancel(ctx) {
      const { object, params } = ctx
      needOpenSetup(object, 'cancel')
      const cancellation_reason = params.cancellation_reason ?? null
      const fields = { cancellation_reason, next_action: null, status: 'canceled' }
      return moveSetup(ctx, object, fields, 'setup_intent.canceled')
    },

    verify_microdeposits: (ctx) => verifyMicrodeposits(ctx, ctx.object, ctx.params),
  },
})

interface Confirming {
  return_url?: string | undefined
  use_stripe_sdk?: boolean | undefined
  mandate_data?: unknown
  payment_method_options?: unknown
}

const orderOf = (params: Confirming): SetupOrder => ({
  return_url: params.return_url,
  use_stripe_sdk: params.use_stripe_sdk,
  mandate_data: params.mandate_data as SetupOrder['mandate_data'],
  verification_method: (
    params.payment_method_options as { us_bank_account?: { verification_method?: string } } | undefined
  )?.us_bank_account?.verification_method,
})
