import { defineResource } from '../define.ts'
import { checkFeatures, configurationFields, mergeFeatures } from '../portal/configuration.ts'

/** What customers may do in the billing portal: docs.stripe.com/api/customer_portal/configurations. */
export const portalConfigurations = defineResource({
  object: 'billing_portal.configuration',

  create: (ctx) => configurationFields(ctx, ctx.params, false),

  update(ctx) {
    const features = mergeFeatures(ctx.params.features, ctx.object.features)
    checkFeatures(ctx, features)
    return { features, updated: ctx.now }
  },
})
