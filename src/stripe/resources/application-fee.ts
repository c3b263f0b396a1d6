import { refundFee } from '../connect/fee.ts'
import { defineResource } from '../define.ts'
import { pageOf } from '../protocol/small-list.ts'

interface FeeRefundParams {
  amount?: number
  metadata?: Record<string, string>
}

/** What a platform earns on its connected accounts' charges: docs.stripe.com/api/application_fees. */
export const applicationFees = defineResource({
  object: 'application_fee',
  indexes: ['charge', 'account'],
  operations: {
    'GET /v1/application_fees/{id}/refunds'(ctx) {
      const { id, refunds } = ctx.tables.application_fee.need(ctx.path.id)
      return pageOf(refunds.data, ctx.params, `/v1/application_fees/${id}/refunds`)
    },
    'POST /v1/application_fees/{id}/refunds'(ctx) {
      const { amount, metadata = {} } = ctx.params as FeeRefundParams
      return refundFee(ctx, ctx.tables.application_fee.need(ctx.path.id), amount, metadata)
    },
  },
})
