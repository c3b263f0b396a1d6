import { itemOf } from '../catalogue.ts'
import { knownOf, type PaymentRow, readClaims } from './rows.ts'
import type { Answer, Work } from './work.ts'

/** Brings purchase, cards, receipt and records of a locked payment to what is known of it. */
export async function reconcile(work: Work, row: PaymentRow): Promise<Answer> {
  const { tx, parts, at } = work
  const item = itemOf('pack', row.item)
  const claims = await readClaims(tx, row.id)
  const standing = parts.standingOf(knownOf(row, row.user !== undefined && item !== undefined, claims))
  const answer: Answer = { ...answerOf(work, row), payment_id: row.id, ...(row.user && { user_id: row.user }) }
  await tx.query('update payments set status = $2, refunded = $3, updated_at = $4 where payment_id = $1', [
    row.id,
    standing.status,
    standing.refunded,
    at,
  ])
  noteChange(work, row, standing)
  if (!standing.isDelivered || !item || !row.user) return { ...answer, result: { status: standing.status } }

  const purchase = await parts.recordPurchase(tx, row, standing.status, at)
  const created = await parts.grantCards(tx, { payment: row.id, user: row.user, item }, at)
  const changed = await parts.setCards(tx, row.id, standing.cards)
  if (!purchase.isReceiptQueued) await parts.queueReceipt(tx, row, work.incoming.id)
  if (purchase.isNew)
    recordEffect(work, row, 'gateway_capture', {
      before: null,
      after: { status: standing.status, amount: row.amount, currency: row.currency, cards: item.cards },
    })
  await recordRefunds(work, row, standing.refunded, Math.max(claims.refunds.length, claims.totals))
  if (row.status !== standing.status && /disputed|charged_back/.test(`${row.status} ${standing.status}`))
    recordEffect(work, row, 'gateway_dispute', { before: row.status, after: standing.status })
  return { ...answer, pack_type: item.id, result: resultOf(answer, { created, changed, purchase, standing }) }
}

function answerOf({ incoming }: Work, row: PaymentRow): Answer {
  const kinds = incoming.facts.filter((fact) => 'payment' in fact).map(({ kind }) => kind)
  if (kinds.includes('captured')) return { status: 'captured' }
  const refund = incoming.facts.find((fact) => fact.kind === 'refund' || fact.kind === 'refund-total')
  if (refund)
    return {
      status: 'refunded',
      refund_amount: refund.kind === 'refund' ? refund.amount : refund.total - row.refunded,
      reason: incoming.type,
    }
  if (kinds.includes('failed')) return { status: 'failed' }
  return { status: kinds.includes('pending') ? 'pending' : 'updated' }
}

interface Done {
  created: number
  changed: number
  purchase: { id: number; isNew: boolean }
  standing: { cards: string }
}

function resultOf({ status }: Answer, { created, changed, purchase, standing }: Done): Record<string, unknown> {
  if (status === 'captured')
    return {
      status: purchase.isNew ? 'completed' : 'ALREADY_PROCESSED',
      cards_created: created,
      purchase_id: purchase.id,
    }
  if (status !== 'refunded') return { cards: standing.cards, purchase_id: purchase.id }
  const isRevoked = standing.cards === 'revoked'
  const state = isRevoked && changed === 0 ? 'already_refunded' : 'refunded'
  return { status: state, cards_revoked: isRevoked ? changed : 0, purchase_id: purchase.id }
}

/** A payment that changed without anybody getting or losing goods: mismatched, without a buyer, failed, not known yet. */
function noteChange(work: Work, row: PaymentRow, standing: { status: string; isDelivered: boolean }): void {
  if (standing.isDelivered) return
  const events: Record<string, string> = {
    mismatch: 'gateway_mismatch',
    unattributed: 'gateway_unattributable',
    failed: 'gateway_failure',
    pending: 'gateway_pending',
  }
  const isRefund = work.incoming.facts.some(({ kind }) => /^(refund|dispute)/.test(kind))
  const event = isRefund && !row.isCaptured ? 'gateway_unmatched' : events[standing.status]
  if (!event) return
  recordEffect(work, row, event, { before: row.status, after: standing.status })
}

/**
 * One record for each refund of the payment. Gateways report a refund by itself, by the new total or by both, so the number of refunds is
 * the larger of the two counts.
 */
async function recordRefunds(work: Work, row: PaymentRow, refunded: number, refunds: number): Promise<void> {
  if (refunds <= row.refundRecords) return
  for (let number = row.refundRecords + 1; number <= refunds; number++)
    recordEffect(work, row, 'gateway_refund', {
      number,
      before: { refunded: row.refunded },
      after: { refunded, of: row.amount, currency: row.currency },
    })
  await work.tx.query('update payments set refund_records = $2 where payment_id = $1', [row.id, refunds])
}

function recordEffect(work: Work, row: PaymentRow, event: string, payload: Record<string, unknown>): void {
  work.audit({
    event,
    user: row.user,
    target: row.id,
    payload: { event: work.incoming.id, type: work.incoming.type, ...payload },
  })
}
