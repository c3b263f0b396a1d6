import { HttpError } from '../http.ts'
import { type Breakers, mostFailures } from './breakers.ts'
import { type Context, iso, type Scope } from './collect.ts'
import { configOf } from './config.ts'
import type { Batch } from './send.ts'
import { keyOf, type Tenant } from './tenants.ts'

export interface UsageReport {
  /** Batches that were made of usage not seen before. */
  made: number
  completed: number
  failed: number
  /** Not tried: the provider does not take the key, or does not answer. */
  left: number
}

export interface SyncOptions {
  /** Also what the provider refused for good. */
  force?: boolean
}

/**
 * Reports a tenant's usage of the scope: puts what is new into batches, then sends every batch of the scope that is not completed. Nothing
 * that was completed is ever sent again. 409 where nothing is configured or syncing is switched off.
 */
export async function syncUsage(
  context: Context & { breakers: Breakers },
  tenant: Tenant,
  scope: Scope,
  { force = false }: SyncOptions = {},
): Promise<UsageReport> {
  const { backend, parts, breakers } = context
  if (!backend.stripeApi) throw new HttpError(503, 'provider_missing', 'no payment provider is configured')
  const config = await configOf(backend, tenant)
  if (!config) throw new HttpError(409, 'no_config', 'store the provider key first: PUT /v1/stripe/config')
  if (!config.isEnabled) throw new HttpError(409, 'sync_disabled', 'sync_enabled is off for this tenant')
  if (!config.key) throw new HttpError(409, 'no_key', 'the kept key cannot be read: store it again')
  const made = await parts.collect(context, tenant, scope, config.minutes)
  const batches = await parts.openBatches(context, tenant, scope, force)
  const report: UsageReport = { made, completed: 0, failed: 0, left: 0 }
  let failures = 0
  for (const batch of batches) {
    if (failures >= mostFailures) {
      report.left++
      continue
    }
    const sent = await parts.sendBatch(context, tenant, batch, config.key)
    report[sent.status]++
    if (sent.status === 'completed') {
      failures = 0
      breakers.close(tenant)
      continue
    }
    // The key is as wrong for the next one; a provider that does not answer is given a few.
    if (sent.reason === 'auth') failures = mostFailures
    if (sent.reason === 'busy' || sent.reason === 'unknown') failures++
    if (failures >= mostFailures) breakers.open(tenant)
  }
  return report
}

/** Batches of the scope that are still to be sent, oldest first. What the provider refused for good comes only by force. */
export async function openBatches(
  { backend }: Context,
  tenant: Tenant,
  scope: Scope,
  force: boolean,
): Promise<Batch[]> {
  const { rows } = await backend.database.query(
    `select id::text as id, customer_id, meter_id, aggregated_quantity::text as quantity, identifier,
       floor(extract(epoch from used_at) * 1000)::bigint::text as used_at, floor(extract(epoch from sent_at) * 1000)::bigint::text as sent_at
     from stripe_sync_batches
     where tenant_id = $1 and environment_id = $2 and sync_status <> 'completed' and used_at >= $3 and used_at < $4
       and ($5::text is null or customer_id = $5) and ($6::text is null or meter_id = $6)
       and ($7 or coalesce(error_message, '') not like 'the provider refused%')
     order by id`,
    [...keyOf(tenant), iso(scope.from), iso(scope.to), scope.customer ?? null, scope.meter ?? null, force],
  )
  return rows.map((row) => ({
    id: String(row.id),
    customer: String(row.customer_id),
    meter: String(row.meter_id),
    quantity: String(row.quantity),
    identifier: String(row.identifier),
    usedAt: Number(row.used_at),
    ...(row.sent_at !== null && { sentAt: Number(row.sent_at) }),
  }))
}
