import type { Context } from './collect.ts'
import { iso } from './collect.ts'
import { keyOf, type Tenant } from './tenants.ts'

export interface Batch {
  id: string
  customer: string
  meter: string
  quantity: string
  /** Epoch milliseconds. */
  usedAt: number
  identifier: string
  /** When it was first sent without a word of how it ended; epoch milliseconds. */
  sentAt?: number
}

/** How a batch ended: `unknown` may have been counted, `busy` was not, `auth` and `refused` never will be as things are. */
export type Sent =
  | { status: 'completed'; eventId: string }
  | { status: 'failed'; reason: 'mapping' | 'auth' | 'refused' | 'busy' | 'unknown'; message: string }

/** The provider remembers identifiers for a day; with an hour left, so that clocks may differ. */
const rememberedMs = 23 * 3_600_000

const missing = (message: string): Sent => ({ status: 'failed', reason: 'mapping', message })

/**
 * Sends one batch with the tenant's key and keeps how it ended. A batch whose end is unknown is sent again with its identifier, which the
 * provider counts once; not after a day, when that would be forgotten.
 */
export async function sendBatch(context: Context, tenant: Tenant, batch: Batch, apiKey: string): Promise<Sent> {
  const { backend, parts } = context
  const { database, clock, stripeApi } = backend
  const eventName = await mapped(context, tenant, 'meter', batch.meter)
  if (eventName === undefined) return keep(context, batch, missing('meter mapping not found'))
  const customer = await mapped(context, tenant, 'customer', batch.customer)
  if (customer === undefined) return keep(context, batch, missing('customer mapping not found'))
  const now = clock.now()
  if (batch.sentAt !== undefined && now - batch.sentAt > rememberedMs) {
    const message = 'unknown for a day whether it was counted: compare with the provider'
    return keep(context, batch, { status: 'failed', reason: 'unknown', message })
  }
  if (!stripeApi) throw new Error('no payment provider is configured')
  const before = `update stripe_sync_batches set sync_status = 'pending', attempts = attempts + 1, sent_at = coalesce(sent_at, $2), updated_at = $2
    where id = $1 and sync_status <> 'completed'`
  await database.query(before, [batch.id, iso(now)])
  const event = { eventName, customer, quantity: batch.quantity, identifier: batch.identifier, usedAt: batch.usedAt }
  const began = performance.now()
  const sent = await stripeApi.sendMeterEvent(event, apiKey).then(
    (eventId): Sent => ({ status: 'completed', eventId }),
    (error) => parts.sentOf(error, batch),
  )
  return keep(context, batch, sent, Math.round(performance.now() - began))
}

/** What the provider's refusal says of a batch. An identifier that is known there is usage that was counted. */
export function sentOf(error: unknown, { identifier }: Pick<Batch, 'identifier'>): Sent {
  const { statusCode, code, type, message = '' } = error as Refusal
  const isTwice = /duplicate_meter_event|resource_already_exists/.test(code ?? '') || message.includes(identifier)
  if ((statusCode === 400 || statusCode === 409) && isTwice) return { status: 'completed', eventId: identifier }
  const told = code ?? type ?? 'no answer'
  const failed = (reason: 'auth' | 'refused' | 'busy' | 'unknown', text: string): Sent => ({
    status: 'failed',
    reason,
    message: `${text} (${told})`,
  })
  if (statusCode === 401 || statusCode === 403) return failed('auth', 'auth error: the provider does not take the key')
  if (statusCode === 429) return failed('busy', 'the provider asks to wait')
  if (statusCode === undefined || statusCode >= 500 || statusCode === 409)
    return failed('unknown', 'the provider did not say whether it counts')
  return failed('refused', 'the provider refused the usage')
}

/** What the official client throws, as far as it is looked at; its message may hold a key and is not kept. */
interface Refusal {
  statusCode?: number
  code?: string
  type?: string
  message?: string
}

async function mapped(
  { backend }: Context,
  tenant: Tenant,
  what: 'meter' | 'customer',
  id: string,
): Promise<string | undefined> {
  const statement =
    what === 'meter'
      ? 'select provider_meter_id as id from meter_provider_mappings where tenant_id = $1 and environment_id = $2 and meter_id = $3 and sync_enabled'
      : 'select provider_customer_id as id from customer_integration_mappings where tenant_id = $1 and environment_id = $2 and customer_id = $3'
  const { rows } = await backend.database.query(statement, [...keyOf(tenant), id])
  return rows[0] && String(rows[0].id)
}

/** What is completed stays so. Only an unknown end keeps the time at which it was sent. */
async function keep({ backend }: Context, batch: Batch, sent: Sent, latencyMs?: number): Promise<Sent> {
  const isUnknown = sent.status === 'failed' && sent.reason === 'unknown'
  await backend.database.query(
    `update stripe_sync_batches set sync_status = $2, stripe_event_id = $3, error_message = $4, latency_ms = coalesce($5, latency_ms),
       sent_at = case when $6 then sent_at end, updated_at = $7
     where id = $1 and sync_status <> 'completed'`,
    [
      batch.id,
      sent.status,
      sent.status === 'completed' ? sent.eventId : null,
      sent.status === 'completed' ? null : sent.message,
      latencyMs ?? null,
      isUnknown,
      iso(backend.clock.now()),
    ],
  )
  return sent
}
