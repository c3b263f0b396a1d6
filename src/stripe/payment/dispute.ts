import type { CardBehaviour } from '../cards.ts'
import type { Context } from '../define.ts'
import type { Stored } from '../wire.ts'
import { book } from './balance.ts'

type Charge = Stored<'charge'>

const secondsToAnswer = 9 * 86_400
const disputeFee = 1500

/** What a disputing test card does at once: the bank takes the money back, or only asks. Emits `charge.dispute.created`. */
export function openDispute(ctx: Context, charge: Charge, { dispute, inquiry = false }: CardBehaviour): Charge {
  const id = ctx.newId('dispute')
  const taken = inquiry
    ? undefined
    : book(ctx, {
        type: 'adjustment',
        amount: -charge.amount_captured,
        fee: disputeFee,
        currency: charge.currency,
        source: id,
        description: `Chargeback withdrawal for ${charge.id}`,
        reporting_category: 'dispute',
      })
  const created = ctx.tables.dispute.create({
    id,
    amount: charge.amount_captured,
    balance_transactions: taken ? [taken] : [],
    charge: charge.id,
    currency: charge.currency,
    evidence_details: { due_by: ctx.now + secondsToAnswer, has_evidence: false, past_due: false, submission_count: 0 },
    is_charge_refundable: inquiry,
    metadata: {},
    payment_intent: charge.payment_intent,
    reason: dispute ?? 'fraudulent',
    status: inquiry ? 'warning_needs_response' : 'needs_response',
  })
  const disputed = ctx.tables.charge.patch(charge.id, { disputed: true })
  ctx.emit('charge.dispute.created', created)
  if (taken) ctx.emit('charge.dispute.funds_withdrawn', created)
  return disputed
}

/** The card network's early warning: no money moves. Emits `radar.early_fraud_warning.created`. */
export function reportFraud(ctx: Context, charge: Charge): void {
  const warning = ctx.tables['radar.early_fraud_warning'].create({
    actionable: true,
    charge: charge.id,
    fraud_type: 'misc',
    payment_intent: charge.payment_intent ?? undefined,
  })
  ctx.emit('radar.early_fraud_warning.created', warning)
}
