import { type Context, type Group, iso, type Scope, saveBatch } from '../../metering/collect.ts'
import { keyOf, type Tenant } from '../../metering/tenants.ts'
import { type Span, windowAt } from '../../metering/windows.ts'

export interface Manner {
  identifierOf(tenant: Tenant, group: Group): string
  /** What happens to a window that has a batch already: it is left out, its batch is sent again, or it gets another one. */
  known: 'left out' | 'sent again' | 'another'
  isEndIncluded?: boolean
  windowOf?(at: number, minutes: number): Span
}

/** Sums up all usage of the scope at every sync, whatever was sent of it: as backends do that mark no event. */
export const collectAgain =
  (manner: Manner) =>
  async ({ backend }: Context, tenant: Tenant, scope: Scope, minutes: number): Promise<number> => {
    const { database, clock } = backend
    const groups = await groupsOf(backend, tenant, scope, { ...manner, minutes })
    for (const group of groups) {
      const identifier = manner.identifierOf(tenant, group)
      const { rows } = await database.query(
        `select count(*)::int as count from stripe_sync_batches where tenant_id = $1 and environment_id = $2 and customer_id = $3
           and meter_id = $4 and event_type = $5 and window_start = $6`,
        [...keyOf(tenant), group.customer, group.meter, group.type, iso(group.window.from)],
      )
      const sequence = Number(rows[0]?.count ?? 0)
      if (sequence > 0 && manner.known === 'left out') continue
      if (sequence > 0 && manner.known === 'sent again')
        await database.query(
          `update stripe_sync_batches set sync_status = 'pending', stripe_event_id = null, aggregated_quantity = $2 where identifier = $1`,
          [identifier, group.quantity],
        )
      else await saveBatch(database, tenant, group, { sequence, identifier, at: iso(clock.now()) })
    }
    return groups.length
  }

async function groupsOf(
  { database }: Context['backend'],
  tenant: Tenant,
  scope: Scope,
  { isEndIncluded = false, windowOf = windowAt, minutes }: Partial<Manner> & { minutes: number },
): Promise<Group[]> {
  const { rows } = await database.query(
    `select customer_id, meter_id, event_type, qty_billable::text as quantity,
       floor(extract(epoch from used_at) * 1000)::bigint::text as used_at from events_processed
     where tenant_id = $1 and environment_id = $2 and used_at >= $3 and used_at ${isEndIncluded ? '<=' : '<'} $4
       and ($5::text is null or customer_id = $5) and ($6::text is null or meter_id = $6) order by used_at`,
    [...keyOf(tenant), iso(scope.from), iso(scope.to), scope.customer ?? null, scope.meter ?? null],
  )
  const groups = new Map<string, Group>()
  for (const row of rows) {
    const usedAt = Number(row.used_at)
    const window = windowOf(usedAt, minutes)
    const [customer, meter, type] = [String(row.customer_id), String(row.meter_id), String(row.event_type)]
    const key = JSON.stringify([customer, meter, type, window.from])
    const known = groups.get(key)
    const quantity = String(Number(known?.quantity ?? 0) + Number(row.quantity))
    groups.set(key, { customer, meter, type, window, quantity, count: (known?.count ?? 0) + 1, usedAt })
  }
  return [...groups.values()]
}
