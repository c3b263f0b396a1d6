import { shareRuns } from '../../kernel/share-runs.ts'
import { OutboxError } from '../../outbox/errors.ts'
import { appendAudit } from '../audit/append.ts'
import type { Backend } from '../settings.ts'

type Sender = Pick<Backend, 'database' | 'notify' | 'clock'>

const senders = new WeakMap<Sender, () => Promise<number>>()

/**
 * Sends what committed transactions left behind. The outbox takes each key once, so a crash between sending and deleting the row
 * leads to a replay and never to a second mail. Called after every event and at start-up; of several events at once the mails are sent
 * together. One that nobody takes for now does not hold up the others; its error is thrown when they are done.
 */
export function sendPendingMails(backend: Sender): Promise<number> {
  const send = senders.get(backend) ?? shareRuns(() => sendAll(backend))
  senders.set(backend, send)
  return send()
}

async function sendAll(backend: Sender): Promise<number> {
  const { database } = backend
  const pending = await database.query('select key, message from pending_mails order by key limit 100')
  let failure: unknown
  for (const row of pending.rows) {
    const key = String(row.key)
    try {
      await sendOne(backend, key, row.message as Parameters<typeof backend.notify.send>[0])
      await database.query('delete from pending_mails where key = $1', [key])
    } catch (error) {
      failure ??= error
    }
  }
  if (failure !== undefined) throw failure
  return pending.rows.length
}

/** A message that can never be sent, because of an address that came with the payment, is recorded and given up. */
async function sendOne(
  { database, notify, clock }: Sender,
  key: string,
  message: Parameters<typeof notify.send>[0],
): Promise<void> {
  try {
    await notify.send(message, { key })
  } catch (error) {
    if (!(error instanceof OutboxError) || error.code === 'E_STORAGE') throw error
    const at = new Date(clock.now()).toISOString()
    const entry = { event: 'mail_refused', target: key, payload: { template: message.template, code: error.code } }
    await database.transaction((tx) => appendAudit(tx, [entry], at))
  }
}
