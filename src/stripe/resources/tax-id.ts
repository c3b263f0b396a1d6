import { defineResource } from '../define.ts'
import { taxIdFields } from '../tax/id.ts'

/** Tax ids of customers and of the account: docs.stripe.com/api/tax_ids. */
export const taxIds = defineResource({
  object: 'tax_id',
  indexes: ['customer'],

  create(ctx) {
    const { customer: _, ...fields } = taxIdFields(ctx, ctx.params.type, ctx.params.value)
    const owner = (ctx.params as { owner?: { type: 'customer' | 'self'; customer?: string } }).owner
    const customer = ctx.path.id ?? owner?.customer ?? null
    return { ...fields, customer, owner: customer ? { customer, type: 'customer' } : { type: 'self' } }
  },
})
