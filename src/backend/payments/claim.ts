import type { Queryable } from '../db/database.ts'
import type { Incoming } from './facts.ts'

/**
 * Takes an event for the caller's transaction: false when it was taken before. Of several at once one inserts the id and the others wait for
 * it; a transaction that fails gives the id back.
 */
export async function claimEvent(tx: Queryable, incoming: Incoming, at: string): Promise<boolean> {
  const claim = await tx.query(
    'insert into stripe_events (id, type, received_at) values ($1, $2, $3) on conflict do nothing',
    [incoming.gateway === 'stripe' ? incoming.id : `${incoming.gateway}/${incoming.id}`, incoming.type, at],
  )
  return claim.affected > 0
}
