import { randomUUID } from 'node:crypto'
import { type Item, itemOf } from '../catalogue.ts'
import type { Queryable } from '../db/database.ts'
import type { PaymentRow } from './rows.ts'

/** The cards of a payment or subscription, made once: a card has a number within its payment, and the table has each number once. */
export async function grantCards(
  tx: Queryable,
  grant: { payment: string; user: string; item: Item },
  at: string,
): Promise<number> {
  const { payment, user, item } = grant
  if (item.cards === 0) return 0
  const ids = Array.from({ length: item.cards }, () => randomUUID())
  const made = await tx.query(
    `insert into cards (card_id, payment_id, position, user_id, pack, state, created_at)
     select id::uuid, $2, position, $3, $4, 'active', $5
     from unnest($1::text[]) with ordinality as new (id, position)
     on conflict (payment_id, position) do nothing`,
    [ids, payment, user, item.id, at],
  )
  return made.affected
}

/** Brings every card of a payment that is not used up into this state; how many were not in it before. */
export async function setCards(
  tx: Queryable,
  payment: string,
  state: 'active' | 'suspended' | 'revoked',
): Promise<number> {
  const changed = await tx.query("update cards set state = $2 where payment_id = $1 and state not in ($2, 'spent')", [
    payment,
    state,
  ])
  return changed.affected
}

/** The purchase of a captured payment, once; `isNew` for whoever made it. */
export async function recordPurchase(
  tx: Queryable,
  row: PaymentRow,
  status: string,
  at: string,
): Promise<{ id: number; isNew: boolean; isReceiptQueued: boolean }> {
  const made = await tx.query(
    `insert into purchases (payment_id, user_id, item, amount, currency, status, created_at)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict (payment_id) do nothing`,
    [row.id, row.user, row.item, row.amount, row.currency, status, at],
  )
  await tx.query('update purchases set status = $2 where payment_id = $1', [row.id, status])
  const found = await tx.query(
    'select purchase_id::text as id, is_receipt_queued from purchases where payment_id = $1',
    [row.id],
  )
  const [purchase] = found.rows
  return {
    id: Number(purchase?.id),
    isNew: made.affected > 0,
    isReceiptQueued: purchase?.is_receipt_queued === true,
  }
}

/** Leaves a receipt to be sent when the transaction is committed: once per purchase, whatever becomes of it later. */
export async function queueReceipt(tx: Queryable, row: PaymentRow, cause: string): Promise<boolean> {
  const item = itemOf('pack', row.item)
  if (!item || !row.email || !isAddress(row.email)) return false
  const data = {
    plan: item.title,
    amount: String(row.amount),
    currency: String(row.currency).toUpperCase(),
    order: row.id,
  }
  const receipt = { to: row.email, template: 'receipt', subject: `Your receipt for ${item.title}`, data, cause }
  await tx.query('insert into pending_mails (key, message) values ($1, $2) on conflict do nothing', [
    `receipt/${row.id}`,
    JSON.stringify(receipt),
  ])
  await tx.query('update purchases set is_receipt_queued = true where payment_id = $1', [row.id])
  return true
}

/** What the outbox takes; any other address came from metadata and must not hold up the money. */
const isAddress = (text: string): boolean =>
  text.length <= 254 && /^[^\s@,;:<>()[\]"\\\p{C}]{1,64}@[^\s@,;:<>()[\]"\\/\p{C}]{1,253}$/u.test(text)
