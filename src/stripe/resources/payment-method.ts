import { declines } from '../declines.ts'
import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { errorFields } from '../payment/confirm.ts'
import { type MethodInput, makeMethod } from '../payment/method-data.ts'
import { attachMethod, behaviourOf, markDetached, usePaymentMethod } from '../payment/payment-method.ts'

/** Rules: docs.stripe.com/api/payment_methods. `pm_card_…` names work wherever an id does, and make a new one each time. */
export const paymentMethods = defineResource({
  object: 'payment_method',
  indexes: ['customer'],
  events: { create: false },

  operations: {
    'POST /v1/payment_methods': (ctx) => makeMethod(ctx, ctx.params as MethodInput),

    'POST /v1/payment_methods/{id}/attach'(ctx) {
      const { customer } = ctx.params as { customer?: string }
      if (!customer) throw stripeError(400, 'parameter_missing', 'Missing required param: customer.', 'customer')
      const method = usePaymentMethod(ctx, ctx.path.id ?? '', 'payment_method')
      ctx.tables.customer.need(customer, 'customer')
      const { decline } = behaviourOf(method)
      if (decline) {
        const reason = declines[decline]
        throw stripeError(402, reason.code, reason.message, undefined, errorFields(reason))
      }
      return attachMethod(ctx, method, customer)
    },
  },

  actions: {
    detach(ctx) {
      const { id, object, tables } = ctx
      if (object.customer === null)
        throw stripeError(
          400,
          undefined,
          'The payment method you provided is not attached to a customer so detachment is impossible.',
        )
      const owner = tables.customer.get(object.customer)
      if (owner?.invoice_settings.default_payment_method === id)
        tables.customer.patch(owner.id, {
          invoice_settings: { ...owner.invoice_settings, default_payment_method: null },
        })
      markDetached(ctx, id)
      const detached = tables.payment_method.patch(id, { customer: null })
      ctx.emit('payment_method.detached', detached, { customer: object.customer })
      return detached
    },
  },
})
