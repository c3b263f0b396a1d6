import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { book } from '../payment/balance.ts'
import { withdraw } from '../payment/dispute.ts'
import type { Stored } from '../wire.ts'

export type Dispute = Stored<'dispute'>

const closed: readonly Dispute['status'][] = ['won', 'lost', 'warning_closed', 'prevented']
const awaiting: readonly Dispute['status'][] = ['needs_response', 'warning_needs_response']

/** Refuses what a closed dispute does not allow. */
export function needOpen({ status }: Dispute): void {
  if (!closed.includes(status)) return
  throw stripeError(400, undefined, 'This dispute is already closed')
}

/** Evidence goes in once: what comes later does not reach the bank any more. */
export function needUnsubmitted(dispute: Dispute): void {
  needOpen(dispute)
  if (awaiting.includes(dispute.status)) return
  throw stripeError(
    400,
    undefined,
    'Evidence for this dispute has already been submitted and can no longer be changed.',
  )
}

/** The account wins its money back; an inquiry just ends. Stripe's fee stays gone. */
export function win(ctx: Context, dispute: Dispute): void {
  if (dispute.balance_transactions.length === 0) {
    end(ctx, dispute, 'warning_closed')
    return
  }
  const back = book(ctx, {
    type: 'adjustment',
    amount: dispute.amount,
    currency: dispute.currency,
    source: dispute.id,
    description: `Chargeback reversal for ${dispute.charge}`,
    reporting_category: 'dispute_reversal',
    against: dispute.balance_transactions[0]?.id ?? null,
  })
  const balance_transactions = [...dispute.balance_transactions, back]
  end(ctx, ctx.tables.dispute.patch(dispute.id, { balance_transactions }), 'won')
  ctx.emit('charge.dispute.funds_reinstated', dispute.id)
}

/** The money stays with the customer. */
export const lose = (ctx: Context, dispute: Dispute): void => end(ctx, dispute, 'lost')

/** The bank was not content with the answer to its inquiry and takes the money after all. */
export function escalate(ctx: Context, dispute: Dispute): void {
  const open = ctx.tables.dispute.patch(dispute.id, {
    evidence_details: { ...dispute.evidence_details, due_by: ctx.now + 9 * 86_400 },
    is_charge_refundable: false,
    status: 'needs_response',
  })
  withdraw(ctx, open)
  ctx.emit('charge.dispute.updated', dispute.id, { status: dispute.status })
  ctx.emit('charge.dispute.funds_withdrawn', dispute.id)
  ctx.schedule('dispute', 'expire', dispute.id, ctx.now + 9 * 86_400)
}

function end(ctx: Context, dispute: Dispute, status: 'lost' | 'warning_closed' | 'won'): void {
  ctx.unschedule('dispute', 'expire', dispute.id)
  ctx.unschedule('dispute', 'decide', dispute.id)
  ctx.tables.dispute.patch(dispute.id, { is_charge_refundable: status !== 'lost', status })
  ctx.emit('charge.dispute.closed', dispute.id)
}

/** What the bank makes of evidence that was submitted, by the documented test texts; any other text keeps it reading. */
export function decide(ctx: Context, dispute: Dispute): void {
  const text = dispute.evidence.uncategorized_text
  if (text === 'winning_evidence') win(ctx, dispute)
  if (text === 'losing_evidence') lose(ctx, dispute)
  if (text === 'escalate_inquiry_evidence' && dispute.status.startsWith('warning_')) escalate(ctx, dispute)
}

/** Nobody answered in time: an inquiry closes, a chargeback is lost. One under review waits for the bank. */
export function expire(ctx: Context, dispute: Dispute): void {
  if (closed.includes(dispute.status) || dispute.status === 'under_review') return
  if (dispute.status.startsWith('warning_')) {
    end(ctx, dispute, 'warning_closed')
    return
  }
  const details = { ...dispute.evidence_details, past_due: !dispute.evidence_details.has_evidence }
  end(ctx, ctx.tables.dispute.patch(dispute.id, { evidence_details: details }), 'lost')
}
