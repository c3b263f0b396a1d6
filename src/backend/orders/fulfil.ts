import { z } from 'zod'
import type { Queryable } from '../db/database.ts'
import type { StripeEvent } from '../webhooks/stripe-event.ts'

const session = z.object({
  id: z.string(),
  payment_status: z.string(),
  payment_intent: z.string().nullish(),
  amount_total: z.int().min(0).nullish(),
  currency: z.string().nullish(),
  customer_email: z.string().nullish(),
  customer_details: z.object({ email: z.string().nullish() }).nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
})

/** Records a paid session as an order and queues its receipt, once per session whichever event says so first. */
export async function fulfil(tx: Queryable, event: StripeEvent, at: string): Promise<boolean> {
  const { id, payment_status, payment_intent, amount_total, currency, customer_email, customer_details, metadata } =
    session.parse(event.data.object)
  // A delayed payment method completes the session unpaid; its own event follows when the money is there.
  if (payment_status === 'unpaid') return false
  const email = customer_details?.email ?? customer_email
  if (!email) throw new Error(`session ${id} has no e-mail address`)
  const plan = metadata?.plan ?? 'unknown'
  const order = await tx.query(
    `insert into orders (session_id, payment_intent, email, plan, amount, currency, status, fulfilled_at)
     values ($1, $2, $3, $4, $5, $6, 'fulfilled', $7) on conflict do nothing`,
    [id, payment_intent ?? null, email, plan, amount_total ?? 0, (currency ?? 'usd').toLowerCase(), at],
  )
  if (order.affected === 0) return false
  // The refund may have come before the order.
  await tx.query(
    `update orders set status = 'revoked', revoked_at = $2 where session_id = $1 and exists
       (select 1 from payments p where p.payment_id = orders.payment_intent and p.refunded_total >= orders.amount
        and p.refunded_total > 0)`,
    [id, at],
  )
  const data = { plan, amount: String(amount_total ?? 0), currency: (currency ?? 'usd').toUpperCase(), order: id }
  const receipt = { to: email, template: 'receipt', subject: 'Your receipt', data, cause: event.id }
  await tx.query('insert into pending_mails (key, message) values ($1, $2) on conflict do nothing', [
    `receipt/${id}`,
    JSON.stringify(receipt),
  ])
  return true
}
