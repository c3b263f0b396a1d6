import type { StripeEvent } from '../adapters/stripe-webhook.ts'
import type { Queryable } from '../db/database.ts'
import type { Backend } from '../settings.ts'
import { fulfil } from './fulfil.ts'
import { revoke } from './revoke.ts'

/** `applied`: it changed something; `repeated`: this event was here before; `ignored`: nothing to do for this type. */
export type EventOutcome = 'applied' | 'repeated' | 'ignored'

type Handler = (tx: Queryable, event: StripeEvent, at: string) => Promise<boolean>

const handlers: Record<string, Handler> = {
  'checkout.session.completed': fulfil,
  'checkout.session.async_payment_succeeded': fulfil,
  'charge.refunded': revoke,
}

/**
 * Applies an event exactly once: its id, its effects and its audit line are one transaction, so of eight simultaneous deliveries
 * one inserts the id and the others wait for it and find it taken; and a failure leaves the id free for the next attempt.
 */
export async function handleEvent({ database, clock }: Backend, event: StripeEvent): Promise<EventOutcome> {
  const handle = handlers[event.type]
  if (!handle) return 'ignored'
  const at = new Date(clock.now()).toISOString()
  return database.transaction(async (tx) => {
    const claim = await tx.query(
      'insert into stripe_events (id, type, received_at) values ($1, $2, $3) on conflict do nothing',
      [event.id, event.type, at],
    )
    if (claim.affected === 0) return 'repeated'
    const hasChanged = await handle(tx, event, at)
    await tx.query('insert into audit_log (event, target, payload, created_at) values ($1, $2, $3, $4)', [
      event.type,
      String(event.data.object.id ?? ''),
      JSON.stringify({ event: event.id, changed: hasChanged }),
      at,
    ])
    return hasChanged ? 'applied' : 'ignored'
  })
}
