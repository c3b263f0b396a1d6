import { itemOf } from '../catalogue.ts'
import type { Queryable } from '../db/database.ts'
import type { Fact } from './facts.ts'
import type { PaymentRow } from './rows.ts'
import type { Work } from './work.ts'

export type PaymentFact = Extract<Fact, { payment: string }>

/** Adds a fact to what is known of a locked payment. Facts only add up, so their order does not matter. */
export async function learn(work: Work, row: PaymentRow, fact: PaymentFact): Promise<PaymentRow> {
  const { tx } = work
  switch (fact.kind) {
    case 'captured':
      return learnCapture(work, row, fact)
    case 'pending':
    case 'failed': {
      const state = fact.kind === 'failed' ? { isFailed: true } : { isPending: true }
      return save(tx, withBuyer({ ...row, ...state }, fact.buyer))
    }
    case 'refund-total':
      await tx.query('insert into payment_refund_totals (payment_id, total) values ($1, $2) on conflict do nothing', [
        row.id,
        fact.total,
      ])
      return save(tx, { ...row, refundedTotal: Math.max(row.refundedTotal, fact.total) })
    case 'refund':
      // A refund that failed never becomes one that was made, however late the older news comes.
      await tx.query(
        `insert into payment_refunds (payment_id, refund_id, amount, state) values ($1, $2, $3, $4)
         on conflict (payment_id, refund_id) do update set state = excluded.state
         where payment_refunds.state <> 'failed'`,
        [row.id, fact.refund, fact.amount, fact.state],
      )
      return row
    case 'dispute':
      await tx.query(
        `insert into payment_disputes (dispute_id, payment_id, state) values ($1, $2, $3)
         on conflict (dispute_id) do update set state = excluded.state
         where payment_disputes.state not in ('won', 'lost')
           and (excluded.state <> 'warning' or payment_disputes.state = 'warning')`,
        [fact.dispute, row.id, fact.state],
      )
      return row
  }
}

async function learnCapture(
  { tx, parts }: Work,
  row: PaymentRow,
  fact: Extract<Fact, { kind: 'captured' }>,
): Promise<PaymentRow> {
  const known = withBuyer(row, fact.buyer)
  const { amount, currency } = row.isCaptured ? row : fact
  const item = itemOf('pack', known.item)
  // Judged once the item is known, by what every event said was charged.
  const isPriced = !item || [fact, { amount, currency }].every((charged) => parts.isPriceOf(item, charged))
  return save(tx, {
    ...known,
    amount,
    currency,
    isCaptured: true,
    isMismatched: row.isMismatched || !isPriced,
  })
}

/** What was known first stays: metadata of one payment does not change between its events. */
const withBuyer = (row: PaymentRow, { user, email, item }: { user?: string; email?: string; item?: string }) => ({
  ...row,
  user: row.user ?? user,
  email: row.email ?? email,
  item: row.item ?? item,
})

async function save(tx: Queryable, row: PaymentRow): Promise<PaymentRow> {
  await tx.query(
    `update payments set user_id = $2, email = $3, item = $4, amount = $5, currency = $6, is_captured = $7,
       is_failed = $8, is_pending = $9, is_mismatched = $10, refunded_total = $11
     where payment_id = $1`,
    [
      row.id,
      row.user ?? null,
      row.email ?? null,
      row.item ?? null,
      row.amount ?? null,
      row.currency ?? null,
      row.isCaptured,
      row.isFailed,
      row.isPending,
      row.isMismatched,
      row.refundedTotal,
    ],
  )
  return row
}
