import type { Queryable } from '../db/database.ts'
import type { Known } from './standing.ts'

/** A row of `payments` as this code works with it. */
export interface PaymentRow {
  id: string
  user: string | undefined
  email: string | undefined
  item: string | undefined
  amount: number | undefined
  currency: string | undefined
  isCaptured: boolean
  isFailed: boolean
  isPending: boolean
  isMismatched: boolean
  refundedTotal: number
  refunded: number
  refundRecords: number
  status: string
}

/**
 * The payment, made if it is new, and locked until the transaction ends: of several events of one payment at once the others wait here.
 */
export async function lockPayment(tx: Queryable, id: string, gateway: string, at: string): Promise<PaymentRow> {
  await tx.query(
    `insert into payments (payment_id, gateway, created_at, updated_at) values ($1, $2, $3, $3)
     on conflict do nothing`,
    [id, gateway, at],
  )
  const found = await tx.query('select * from payments where payment_id = $1 for update', [id])
  return paymentRow(found.rows[0] as Record<string, unknown>)
}

export const paymentRow = (row: Record<string, unknown>): PaymentRow => ({
  id: String(row.payment_id),
  user: textOf(row.user_id),
  email: textOf(row.email),
  item: textOf(row.item),
  amount: row.amount === null ? undefined : Number(row.amount),
  currency: textOf(row.currency),
  isCaptured: row.is_captured === true,
  isFailed: row.is_failed === true,
  isPending: row.is_pending === true,
  isMismatched: row.is_mismatched === true,
  refundedTotal: Number(row.refunded_total),
  refunded: Number(row.refunded),
  refundRecords: Number(row.refund_records),
  status: String(row.status),
})

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

export type RefundRow = { id: string; amount: number; state: 'made' | 'failed' }

/** What the gateways have said about refunds and disputes of a payment. */
export async function readClaims(
  tx: Queryable,
  payment: string,
): Promise<{ refunds: RefundRow[]; totals: number; disputes: string[] }> {
  const refunds = await tx.query(
    'select refund_id as id, amount, state from payment_refunds where payment_id = $1 order by refund_id',
    [payment],
  )
  const totals = await tx.query('select count(*)::int as n from payment_refund_totals where payment_id = $1', [payment])
  const disputes = await tx.query('select state from payment_disputes where payment_id = $1', [payment])
  return {
    refunds: refunds.rows.map((row) => ({ ...row, amount: Number(row.amount) }) as RefundRow),
    totals: Number(totals.rows[0]?.n),
    disputes: disputes.rows.map((row) => String(row.state)),
  }
}

export const knownOf = (
  row: PaymentRow,
  isAttributed: boolean,
  claims: Pick<Known, 'refunds' | 'disputes'>,
): Known => ({
  isCaptured: row.isCaptured,
  isFailed: row.isFailed,
  isPending: row.isPending,
  isMismatched: row.isMismatched,
  isAttributed,
  amount: row.isCaptured ? row.amount : undefined,
  refundedTotal: row.refundedTotal,
  refunds: claims.refunds,
  disputes: claims.disputes,
})
