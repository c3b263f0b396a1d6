import { createHash } from 'node:crypto'
import type { Queryable } from '../db/database.ts'
import type { Parts } from '../parts.ts'
import type { Backend } from '../settings.ts'
import { keyOf, type Tenant } from './tenants.ts'
import { type Span, windowAt } from './windows.ts'

export interface Context {
  backend: Backend
  parts: Parts
}

/** Which usage a sync is about. */
export interface Scope extends Span {
  customer?: string
  meter?: string
}

/** What is reported in one call: usage of one customer, meter and type within one window. */
export interface Group {
  customer: string
  meter: string
  type: string
  window: Span
  /** Decimal text. */
  quantity: string
  count: number
  /** Epoch milliseconds of its last event. */
  usedAt: number
}

/**
 * Puts every event of the scope that is in no batch yet into one: the batch and the mark on its events appear together or not at all, before
 * anything is sent. So an event is in one batch for ever, whatever windows, reruns, crashes and late arrivals there are; late ones make a
 * batch of their own. Returns how many batches were made.
 */
export async function collect(context: Context, tenant: Tenant, scope: Scope, minutes: number): Promise<number> {
  const { database, metering } = context.backend
  const size = metering?.batchSize ?? 500
  let made = 0
  for (;;) {
    const page = await database.transaction(async (tx) => {
      await tx.query('select pg_advisory_xact_lock(hashtext($1))', [`metering ${tenant.tenant} ${tenant.environment}`])
      const groups = await openGroups(tx, tenant, scope, { minutes, size })
      for (const group of groups) await makeBatch(context, tx, tenant, group)
      return groups.length
    })
    made += page
    if (page < size) return made
  }
}

/** At most `size` groups of usage that is in no batch. */
async function openGroups(
  tx: Queryable,
  tenant: Tenant,
  scope: Scope,
  { minutes, size }: { minutes: number; size: number },
): Promise<Group[]> {
  const { rows } = await tx.query(
    `select customer_id, meter_id, event_type, floor(extract(epoch from used_at) / $3::bigint)::bigint::text as slot,
       sum(qty_billable)::text as quantity, count(*)::int as count, floor(extract(epoch from max(used_at)) * 1000)::bigint::text as used_at
     from events_processed
     where tenant_id = $1 and environment_id = $2 and batch_id is null and used_at >= $4 and used_at < $5
       and ($6::text is null or customer_id = $6) and ($7::text is null or meter_id = $7)
     group by customer_id, meter_id, event_type, slot order by slot, customer_id, meter_id, event_type limit $8`,
    [...keyOf(tenant), minutes * 60, iso(scope.from), iso(scope.to), scope.customer ?? null, scope.meter ?? null, size],
  )
  return rows.map((row) => {
    const window = windowAt(Number(row.slot) * minutes * 60_000, minutes)
    return {
      customer: String(row.customer_id),
      meter: String(row.meter_id),
      type: String(row.event_type),
      // What lies outside the scope is not in it.
      window: { from: Math.max(window.from, scope.from), to: Math.min(window.to, scope.to) },
      quantity: String(row.quantity),
      count: Number(row.count),
      usedAt: Number(row.used_at),
    }
  })
}

/** What came in since the groups were read is in it too: the batch holds the sum of exactly the events that are marked with it. */
async function makeBatch({ backend, parts }: Context, tx: Queryable, tenant: Tenant, group: Group): Promise<void> {
  const key = [...keyOf(tenant), group.customer, group.meter, group.type, iso(group.window.from), iso(group.window.to)]
  const before = await tx.query(
    `select count(*)::int as count from stripe_sync_batches where tenant_id = $1 and environment_id = $2 and customer_id = $3
       and meter_id = $4 and event_type = $5 and window_start = $6 and window_end = $7`,
    key,
  )
  const sequence = Number(before.rows[0]?.count ?? 0)
  const id = await saveBatch(tx, tenant, group, {
    sequence,
    identifier: parts.identifierOf(tenant, group, sequence),
    at: iso(backend.clock.now()),
  })
  await tx.query(
    `with taken as (
       update events_processed set batch_id = $8 where tenant_id = $1 and environment_id = $2 and customer_id = $3 and meter_id = $4
         and event_type = $5 and batch_id is null and used_at >= $6 and used_at < $7 returning qty_billable, used_at
     )
     update stripe_sync_batches set (aggregated_quantity, event_count, used_at) =
       (select sum(qty_billable), count(*), max(used_at) from taken) where id = $8`,
    [...key, id],
  )
}

/** A batch that is still to be sent; its id. */
export async function saveBatch(
  tx: Queryable,
  tenant: Tenant,
  group: Group,
  { sequence, identifier, at }: { sequence: number; identifier: string; at: string },
): Promise<string> {
  const { rows } = await tx.query(
    `insert into stripe_sync_batches (tenant_id, environment_id, customer_id, meter_id, event_type, window_start, window_end, sequence,
       aggregated_quantity, event_count, used_at, identifier, sync_status, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'pending', $13, $13) returning id::text as id`,
    [
      ...keyOf(tenant),
      group.customer,
      group.meter,
      group.type,
      iso(group.window.from),
      iso(group.window.to),
      sequence,
      group.quantity,
      group.count,
      iso(group.usedAt),
      identifier,
      at,
    ],
  )
  return String(rows[0]?.id)
}

/** The provider counts an identifier once; the same batch has the same one for ever. */
export function identifierOf(tenant: Tenant, { customer, meter, type, window }: Group, sequence: number): string {
  const parts = [...keyOf(tenant), customer, meter, type, window.from, window.to, sequence]
  return `gatekit_${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`
}

export const iso = (at: number): string => new Date(at).toISOString()
