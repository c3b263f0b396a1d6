import type { AuditEntry } from '../audit/append.ts'
import type { Parts } from '../parts.ts'
import type { Backend } from '../settings.ts'
import { isFinal } from './news.ts'
import { lockSubscription } from './rows.ts'
import { settleSubscription } from './settle.ts'

/**
 * Asks the provider for the state of a subscription and takes it. Never throws: a subscription that could not be asked for stays marked and
 * is asked for again. Answers carry the number of their question, so that a slow one never overwrites a later one.
 */
export async function refreshSubscription(
  { backend, parts }: { backend: Backend; parts: Parts },
  id: string,
): Promise<boolean> {
  const { database, stripeApi, clock } = backend
  if (!stripeApi) return false
  try {
    const asked = await database.query("select nextval('refresh_tickets')::text as ticket")
    const ticket = Number(asked.rows[0]?.ticket)
    const state = await stripeApi.fetchSubscription(id)
    const at = new Date(clock.now()).toISOString()
    await database.transaction(async (tx) => {
      const known = await lockSubscription(tx, id, at)
      if (ticket <= known.ticket) return
      const isTaken = state !== undefined && !isFinal(known.status)
      const row = { ...known, ...(isTaken && state), ticket, needsRefresh: false }
      const entries: AuditEntry[] = []
      await settleSubscription({ tx, parts, at, audit: (entry) => entries.push(entry) }, { before: known, row })
      await parts.appendAudit(tx, entries, at)
    })
    return true
  } catch {
    return false
  }
}

/** Those that could not be asked for when their event came. */
export async function refreshMarked(context: { backend: Backend; parts: Parts }): Promise<void> {
  if (!context.backend.stripeApi) return
  const found = await context.backend.database.query(
    'select subscription_id as id from subscriptions where needs_refresh order by updated_at limit 5',
  )
  for (const row of found.rows) if (!(await refreshSubscription(context, String(row.id)))) return
}
