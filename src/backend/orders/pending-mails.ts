import type { Backend } from '../settings.ts'

/**
 * Sends what committed transactions left behind. The outbox takes each key once, so a crash between sending and deleting the row
 * leads to a replay and never to a second mail. Called after every event and at start-up.
 */
export async function sendPendingMails({ database, notify }: Pick<Backend, 'database' | 'notify'>): Promise<number> {
  const pending = await database.query('select key, message from pending_mails order by key limit 100')
  for (const row of pending.rows) {
    const key = String(row.key)
    await notify.send(row.message as Parameters<typeof notify.send>[0], { key })
    await database.query('delete from pending_mails where key = $1', [key])
  }
  return pending.rows.length
}
