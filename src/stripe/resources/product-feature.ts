import { defineResource } from '../define.ts'
import { featuresOf, refreshEntitlements, setFeatures } from '../entitlement/active.ts'

/** Features that a product gives to who subscribes to it. Rules: docs.stripe.com/billing/entitlements. */
export const productFeatures = defineResource({
  object: 'product_feature',

  create(ctx) {
    const product = ctx.path.id ?? ''
    const id = (ctx.params as unknown as { entitlement_feature: string }).entitlement_feature
    const entitlement_feature = ctx.tables['entitlements.feature'].need(id, 'entitlement_feature')
    setFeatures(ctx, product, [...featuresOf(ctx, product).filter((each) => each !== id), id])
    const customers = new Set([...ctx.tables.subscription.all()].map(({ customer }) => customer))
    for (const customer of customers) refreshEntitlements(ctx, customer)
    return { entitlement_feature }
  },

  remove(ctx) {
    const product = Object.values(ctx.path)[0] ?? ''
    const { id } = ctx.object.entitlement_feature
    setFeatures(
      ctx,
      product,
      featuresOf(ctx, product).filter((each) => each !== id),
    )
  },
})
