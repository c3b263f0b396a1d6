import { randomUUID } from 'node:crypto'
import type { Queryable } from '../db/database.ts'
import { HttpError } from '../http.ts'
import { paymentRow } from '../payments/rows.ts'

export interface RefundWish {
  payment: string
  /** In minor units; all that is left when absent. */
  amount: number | undefined
  reason: string
  /** The caller's `Idempotency-Key`. */
  key: string | undefined
}

export interface RefundOrder {
  key: string
  payment: string
  gateway: string
  currency: string
  amount: number
  attempt: number
  state: 'asked' | 'made' | 'refused'
  refundId: string | undefined
}

/**
 * The refund that a wish leads to, in the caller's transaction. One that was asked for and whose end nobody knows is taken up again rather
 * than asked for anew: the provider forgets idempotency keys after a day, this table does not.
 */
export async function askRefund(tx: Queryable, wish: RefundWish, at: string): Promise<RefundOrder> {
  const found = await tx.query('select * from payments where payment_id = $1 for update', [wish.payment])
  const [row] = found.rows
  if (row?.is_captured !== true) throw new HttpError(404, 'not_found', 'no such payment')
  const payment = paymentRow(row)
  const kept = await tx.query('select * from refund_orders where payment_id = $1 order by created_at', [payment.id])
  const of = { gateway: String(row.gateway), currency: payment.currency ?? '' }
  const orders = kept.rows.map((each) => orderOf(each, of))
  const same = orders.find(({ key }) => key === wish.key)
  if (same && wish.amount !== undefined && wish.amount !== same.amount)
    throw new HttpError(409, 'idempotency_conflict', 'this idempotency key was used with another amount')
  if (same && same.state !== 'refused') return same

  const open = orders.filter(({ state }) => state === 'asked')
  const unfinished = open.find(({ amount }) => wish.amount === undefined || wish.amount === amount)
  if (unfinished) return unfinished
  const promised = orders.reduce((sum, { state, amount }) => sum + (state === 'refused' ? 0 : amount), 0)
  const left = (payment.amount ?? 0) - Math.max(promised, payment.refunded)
  if (left <= 0) throw new HttpError(409, 'already_refunded', 'this payment has been refunded')
  const amount = wish.amount ?? left
  if (amount > left) throw new HttpError(422, 'amount_too_large', `amount: at most ${left} is left`)
  const made = await tx.query(
    `insert into refund_orders (refund_key, payment_id, amount, reason, state, created_at)
     values ($1, $2, $3, $4, 'asked', $5) returning *`,
    [same ? randomUUID() : (wish.key ?? randomUUID()), payment.id, amount, wish.reason, at],
  )
  return orderOf(made.rows[0] as Record<string, unknown>, of)
}

const orderOf = (row: Record<string, unknown>, of: Pick<RefundOrder, 'gateway' | 'currency'>): RefundOrder => ({
  ...of,
  key: String(row.refund_key),
  payment: String(row.payment_id),
  amount: Number(row.amount),
  attempt: Number(row.attempt),
  state: row.state as RefundOrder['state'],
  refundId: typeof row.refund_id === 'string' ? row.refund_id : undefined,
})
