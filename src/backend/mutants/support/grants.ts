import { randomUUID } from 'node:crypto'
import type { Item } from '../../catalogue.ts'
import type { Target } from '../../change.ts'
import type { Queryable } from '../../db/database.ts'
import type { Incoming } from '../../payments/facts.ts'
import { story } from './story.ts'

/**
 * Grants cards for every capture that `isSeen` has not seen, with nothing in the database that would stop a second time. For use with
 * `beforeWork` and `onClaim`, which say what is being handled.
 */
export async function grantUnlessSeen(
  { parts, backend }: Target,
  isSeen: (tx: Queryable, incoming: Incoming, payment: string) => boolean | Promise<boolean>,
): Promise<void> {
  await backend.database.query('alter table cards drop constraint if exists cards_payment_id_position_key')
  parts.grantCards = async (tx, { payment, user, item }, at) => {
    const { incoming } = story()
    const isCapture = incoming?.facts.some((fact) => fact.kind === 'captured') ?? false
    const isPlan = item.kind === 'plan' && !(await hasCards(tx, payment))
    if (!isPlan && (!isCapture || !incoming || (await isSeen(tx, incoming, payment)))) return 0
    return insertCards(tx, { payment, user, item }, at)
  }
}

/** With nothing in the database that would stop a second time. */
export async function insertCards(
  tx: Queryable,
  { payment, user, item }: { payment: string; user: string; item: Item },
  at: string,
): Promise<number> {
  for (let position = 1; position <= item.cards; position++)
    await tx.query(
      `insert into cards (card_id, payment_id, position, user_id, pack, state, created_at)
       values ($1, $2, $3, $4, $5, 'active', $6)`,
      [randomUUID(), payment, position, user, item.id, at],
    )
  return item.cards
}

export async function hasCards(tx: Queryable, payment: string): Promise<boolean> {
  const found = await tx.query('select 1 from cards where payment_id = $1 limit 1', [payment])
  return found.rows.length > 0
}
