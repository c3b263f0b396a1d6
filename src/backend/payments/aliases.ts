import type { Queryable } from '../db/database.ts'

/** The payment that an id belongs to: itself, or what its charge or session was found to be part of. */
export async function paymentOf(tx: Queryable, id: string): Promise<string> {
  const found = await tx.query('select payment_id from payment_aliases where alias = $1', [id])
  return String(found.rows[0]?.payment_id ?? id)
}

/**
 * Remembers further ids of a payment, and moves to it what was said under one of them before anybody knew: a dispute of a charge, say, that
 * came before the payment.
 */
export async function learnAliases(tx: Queryable, payment: string, aliases: readonly string[]): Promise<void> {
  for (const alias of aliases) {
    const isNew = await tx.query(
      'insert into payment_aliases (alias, payment_id) values ($1, $2) on conflict do nothing',
      [alias, payment],
    )
    if (isNew.affected === 0) continue
    await tx.query(
      `update payments set refunded_total = greatest(refunded_total,
         coalesce((select refunded_total from payments where payment_id = $1), 0)) where payment_id = $2`,
      [alias, payment],
    )
    for (const table of ['payment_refunds', 'payment_refund_totals', 'payment_disputes'])
      await tx.query(`update ${table} set payment_id = $2 where payment_id = $1`, [alias, payment])
  }
}
