import { z } from 'zod'
import type { Queryable } from '../db/database.ts'
import type { StripeEvent } from '../webhooks/stripe-event.ts'

const charge = z.object({ payment_intent: z.string().nullish(), refunded: z.boolean() })

/** A charge that is refunded in full takes its order back; a partial refund leaves it. */
export async function revoke(tx: Queryable, event: StripeEvent, at: string): Promise<boolean> {
  const { payment_intent, refunded } = charge.parse(event.data.object)
  if (!refunded || !payment_intent) return false
  const revoked = await tx.query(
    "update orders set status = 'revoked', revoked_at = $2 where payment_intent = $1 and status = 'fulfilled'",
    [payment_intent, at],
  )
  return revoked.affected > 0
}
