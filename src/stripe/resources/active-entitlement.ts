import { defineResource } from '../define.ts'
import { entitlementsOf, listOf } from '../entitlement/active.ts'

/** What a customer may use: docs.stripe.com/api/entitlements/active-entitlement. */
export const activeEntitlements = defineResource({
  object: 'entitlements.active_entitlement',

  operations: {
    'GET /v1/entitlements/active_entitlements'(ctx) {
      const { id } = ctx.tables.customer.need(String(ctx.params.customer), 'customer')
      const limit = Number(ctx.params.limit ?? 10)
      return listOf(entitlementsOf(ctx, id).slice(0, limit), '/v1/entitlements/active_entitlements')
    },
  },
})
