import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { HttpError, readBody } from '../http.ts'
import { Breakers } from './breakers.ts'
import { type Context, iso, type Scope } from './collect.ts'
import { registerTenantConfig } from './config.ts'
import { registerUsageEvents } from './events.ts'
import { startHourly } from './hourly.ts'
import { name, registerMappings } from './mappings.ts'
import { registerSyncStatus } from './status.ts'
import { syncUsage } from './sync.ts'
import { keyOf, requireTenant } from './tenants.ts'

const time = z.iso.datetime({ offset: true, error: 'a time such as 2026-06-21T04:00:00Z' })
const manual = z.strictObject({
  entity_id: name.optional(),
  entity_type: z.enum(['customer', 'meter']).default('customer'),
  meter_id: name.optional(),
  time_from: time,
  time_to: time,
  force_rerun: z.boolean().default(false),
})

/** Usage metering of tenants; off unless administrators of tenants are configured. */
export function registerMetering(app: FastifyInstance, given: Context): void {
  const { metering: on, database } = given.backend
  if (!on) return
  const context = { ...given, breakers: new Breakers() }
  registerTenantConfig(app, context, on)
  registerMappings(app, context, on)
  registerUsageEvents(app, context, on)
  registerSyncStatus(app, context, on)
  startHourly(app, context, on)

  app.post('/v1/stripe/sync/manual', async (request, reply) => {
    const tenant = requireTenant(request, on)
    const wish = readBody(request, manual)
    const scope = context.parts.scopeOf(wish, context.backend.clock.now())
    const report = await syncUsage(context, tenant, scope, { force: wish.force_rerun })
    const window = `${wish.time_from}..${wish.time_to}`
    return reply.status(202).send({ workflow_id: `manual ${window}`, run_id: randomUUID(), ...report })
  })

  app.get<{ Querystring: { customer_id?: string; meter_id?: string; after?: string } }>(
    '/v1/stripe/sync/batches',
    async (request) => {
      const tenant = requireTenant(request, on)
      const { customer_id: customer, meter_id: meter, after } = request.query
      const { rows } = await database.query(
        `select id::text as id, customer_id, meter_id, event_type, window_start, window_end, aggregated_quantity::text as aggregated_quantity,
           event_count, identifier, sync_status, stripe_event_id, error_message, attempts, updated_at
         from stripe_sync_batches
         where tenant_id = $1 and environment_id = $2 and ($3::text is null or customer_id = $3) and ($4::text is null or meter_id = $4)
           and id > $5 order by id limit 1000`,
        [...keyOf(tenant), customer ?? null, meter ?? null, /^\d{1,18}$/.test(after ?? '') ? after : 0],
      )
      return { items: rows }
    },
  )
}

const longestMs = 7 * 24 * 3_600_000
const aheadMs = 5 * 60_000

/** Which usage a manual sync is about; 400 for a time that cannot be meant. */
export function scopeOf(wish: z.output<typeof manual>, now: number): Scope {
  const [from, to] = [Date.parse(wish.time_from), Date.parse(wish.time_to)]
  if (from >= to) throw new HttpError(400, 'time_range', 'time_from must be before time_to')
  if (to - from > longestMs) throw new HttpError(400, 'time_range', 'at most 7 days at a time')
  if (to > now + aheadMs) throw new HttpError(400, 'time_range', `time_to lies after ${iso(now + aheadMs)}`)
  const { entity_id: entity, entity_type: type, meter_id: named } = wish
  const meter = type === 'meter' ? (entity ?? named) : named
  return { from, to, ...(type === 'customer' && entity && { customer: entity }), ...(meter && { meter }) }
}
