import type { CardBehaviour } from '../cards.ts'
import type { Context } from '../define.ts'
import type { Stored } from '../wire.ts'
import { book } from './balance.ts'

type Charge = Stored<'charge'>
type Dispute = Stored<'dispute'>

const secondsPerDay = 86_400
/** How long an account has to answer; an inquiry that nobody escalates closes by itself. */
const secondsToAnswer = 9 * secondsPerDay
const inquirySeconds = 120 * secondsPerDay
/** Stripe's price for a dispute in the United States: 15.00, kept whoever wins. */
const disputeFee = 1500

/** What a disputing test card or bank account does at once: the bank takes the money back, or only asks. Emits `charge.dispute.created`. */
export function openDispute(
  ctx: Context,
  charge: Charge,
  behaviour: Pick<CardBehaviour, 'dispute' | 'inquiry'>,
): Charge {
  const { dispute: reason = 'fraudulent', inquiry = false } = behaviour
  const id = ctx.newId('dispute')
  const amount = charge.amount_captured
  const due_by = ctx.now + secondsToAnswer
  const created = ctx.tables.dispute.create({
    id,
    amount,
    balance_transactions: [],
    charge: charge.id,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence_details: {
      due_by,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    is_charge_refundable: inquiry,
    metadata: {},
    payment_intent: charge.payment_intent,
    payment_method_details: methodDetails(charge, reason, inquiry),
    reason,
    status: inquiry ? 'warning_needs_response' : 'needs_response',
  })
  const disputed = ctx.tables.charge.patch(charge.id, { disputed: true })
  const open = inquiry ? created : withdraw(ctx, created)
  ctx.emit('charge.dispute.created', open)
  if (!inquiry) ctx.emit('charge.dispute.funds_withdrawn', open)
  ctx.schedule('dispute', 'expire', id, inquiry ? ctx.now + inquirySeconds : due_by)
  return disputed
}

/** The bank takes the disputed amount, and Stripe its fee. */
export function withdraw(ctx: Context, dispute: Dispute): Dispute {
  const charge = ctx.tables.charge.need(dispute.charge)
  const taken = book(ctx, {
    type: 'adjustment',
    amount: -dispute.amount,
    fee: disputeFee,
    currency: dispute.currency,
    source: dispute.id,
    description: `Chargeback withdrawal for ${charge.id}`,
    reporting_category: 'dispute',
    against: charge.balance_transaction,
  })
  return ctx.tables.dispute.patch(dispute.id, { balance_transactions: [...dispute.balance_transactions, taken] })
}

function methodDetails({ payment_method_details: paid }: Charge, reason: string, inquiry: boolean) {
  const type = (paid?.type ?? 'card') as 'card'
  if (type !== 'card') return { type }
  const network_reason_code = reason === 'product_not_received' ? '13.1' : '10.4'
  const case_type = inquiry ? ('inquiry' as const) : ('chargeback' as const)
  const brand = paid?.card?.brand ?? 'visa'
  return { type, card: { brand, case_type, network: brand, network_reason_code } }
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

/** Whether a dispute keeps a charge from being refunded: one that only asks, or that was won, does not. */
export const blocksRefund = (ctx: Context, charge: Charge): boolean =>
  charge.disputed &&
  ctx.tables.dispute
    .by('charge', charge.id)
    .some(({ is_charge_refundable, status }) => !is_charge_refundable && status !== 'won')
