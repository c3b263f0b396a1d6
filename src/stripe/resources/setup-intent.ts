import { defineResource } from '../define.ts'
import { checkMethod, methodFromData } from '../payment/method-data.ts'
import { confirmSetup, setupState } from '../payment/setup.ts'

/** The state machine of docs.stripe.com/payments/setupintents/lifecycle. */
export const setupIntents = defineResource({
  object: 'setup_intent',
  indexes: ['customer'],
  events: { create: false, update: false },

  create(ctx) {
    const { id, params, tables } = ctx
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
    return params.confirm ? confirmSetup(ctx, intent, { return_url: params.return_url }) : intent
  },

  actions: {
    confirm(ctx) {
      const { object, params } = ctx
      const method = methodFromData(ctx, params)
      return confirmSetup(ctx, object, {
        payment_method: method?.id ?? params.payment_method,
        return_url: params.return_url,
      })
    },

    cancel(ctx) {
      const { id, object, params, tables } = ctx
      setupState(object, 'canceled', ['requires_payment_method', 'requires_confirmation', 'requires_action'])
      const canceled = tables.setup_intent.patch(id, {
        cancellation_reason: params.cancellation_reason ?? null,
        next_action: null,
        status: 'canceled',
      })
      ctx.emit('setup_intent.canceled', canceled)
      return canceled
    },
  },
})
