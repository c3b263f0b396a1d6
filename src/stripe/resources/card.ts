import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { makeSource } from '../payment/source.ts'

/** Cards saved the old way, as sources of a customer: docs.stripe.com/api/cards. */
export const cards = defineResource({
  object: 'card',
  indexes: ['customer'],

  operations: {
    'POST /v1/customers/{id}/sources'(ctx) {
      const customer = ctx.tables.customer.need(ctx.path.id)
      const { source } = ctx.params as { source?: string }
      if (!source) throw stripeError(400, 'parameter_missing', 'Missing required param: source.', 'source')
      const id = makeSource(ctx, source, customer.id)
      if (customer.default_source === null) ctx.tables.customer.patch(customer.id, { default_source: id })
      const card = ctx.tables.card.need(id)
      ctx.emit('customer.source.created', card)
      return card
    },
  },

  remove(ctx) {
    const { id, object, tables } = ctx
    const owner = tables.customer.get(String(object.customer ?? ''))
    if (owner?.default_source === id) tables.customer.patch(owner.id, { default_source: null })
    if (tables.payment_method.get(id)) tables.payment_method.remove(id)
  },
})
