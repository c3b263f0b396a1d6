import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { makePrice } from '../payment/price.ts'

/** Rules: docs.stripe.com/api/products. A product with prices is archived, not deleted. */
export const products = defineResource({
  object: 'product',

  create(ctx) {
    const { id, params, tables } = ctx
    const wanted = params.id
    if (wanted !== undefined && wanted !== id && tables.product.get(wanted))
      throw stripeError(400, 'resource_already_exists', `Product already exists.`, 'id')
    const product = ctx.save({
      active: params.active ?? true,
      default_price: null,
      images: params.images ?? [],
      marketing_features: params.marketing_features ?? [],
      statement_descriptor: params.statement_descriptor ?? null,
      tax_code: params.tax_code ?? null,
      type: params.type ?? 'service',
      unit_label: params.unit_label ?? null,
      updated: ctx.now,
    })
    if (!params.default_price_data) return product
    const price = makePrice(ctx, { ...params.default_price_data, product: product.id })
    return { default_price: price.id }
  },

  update(ctx) {
    const { id, params, tables } = ctx
    const chosen = params.default_price
    if (chosen && tables.price.need(chosen, 'default_price').product !== id)
      throw stripeError(400, undefined, `The price ${chosen} does not belong to the product ${id}.`, 'default_price')
    return { updated: ctx.now }
  },

  remove(ctx) {
    if (ctx.tables.price.by('product', ctx.id).length === 0) return
    throw stripeError(
      400,
      undefined,
      'This product cannot be deleted because it has one or more user-created prices.',
      'id',
    )
  },
})
