import { type Context, defineResource } from '../define.ts'
import { type Dispute, decide, expire, lose, needOpen, needUnsubmitted } from '../dispute/outcome.ts'
import type { Given } from '../wire.ts'

/** Disputes come from test cards; evidence decides them: docs.stripe.com/disputes and docs.stripe.com/testing#disputes. */
export const disputes = defineResource({
  object: 'dispute',
  indexes: ['charge', 'payment_intent'],
  events: { create: false, update: false },

  /** The transactions are shown as they are now, pending or available. */
  retrieve({ object, tables }) {
    const current = object.balance_transactions.map((each) => tables.balance_transaction.get(each.id) ?? each)
    return current.some((each, index) => each !== object.balance_transactions[index])
      ? { balance_transactions: current }
      : undefined
  },

  update(ctx) {
    const { object, params, tables } = ctx
    if (params.evidence === undefined && params.submit !== true) {
      ctx.emit('charge.dispute.updated', object.id)
      return undefined
    }
    needUnsubmitted(object)
    const evidence = { ...object.evidence, ...(params.evidence as Given<Dispute>['evidence']) }
    checkFiles(ctx, evidence)
    const has_evidence = Object.values(evidence).some((value) => typeof value === 'string' && value !== '')
    const details = { ...object.evidence_details, has_evidence }
    const isSubmitted = params.submit !== false && has_evidence
    const updated = tables.dispute.patch(object.id, {
      evidence,
      evidence_details: isSubmitted
        ? { ...details, submission_count: details.submission_count + 1, submission_method: 'manual' }
        : details,
      ...(isSubmitted && { status: object.status === 'needs_response' ? 'under_review' : 'warning_under_review' }),
    })
    ctx.emit('charge.dispute.updated', updated, {
      evidence: object.evidence,
      evidence_details: object.evidence_details,
    })
    if (isSubmitted) ctx.schedule('dispute', 'decide', object.id, ctx.now)
    return { evidence: updated.evidence, evidence_details: updated.evidence_details, status: updated.status }
  },

  actions: {
    close(ctx) {
      needOpen(ctx.object)
      lose(ctx, ctx.object)
      return { status: 'lost', is_charge_refundable: false }
    },
  },

  jobs: {
    decide: (ctx) => decide(ctx, ctx.object),
    expire: (ctx) => expire(ctx, ctx.object),
  },
})

const fileFields = [
  'cancellation_policy',
  'customer_communication',
  'customer_signature',
  'duplicate_charge_documentation',
  'receipt',
  'refund_policy',
  'service_documentation',
  'shipping_documentation',
  'uncategorized_file',
] as const

function checkFiles(ctx: Context, evidence: Given<Dispute>['evidence']): void {
  for (const field of fileFields) {
    const id = evidence?.[field]
    if (id) ctx.tables.file.need(id, `evidence[${field}]`)
  }
}
