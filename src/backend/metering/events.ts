import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { allowedSkewMs } from '../../kernel/clock.ts'
import { HttpError, readBody } from '../http.ts'
import { type Context, iso } from './collect.ts'
import { name } from './mappings.ts'
import { keyOf, type MeteringSettings, requireTenant } from './tenants.ts'

const event = z.strictObject({
  /** Sent again under the same id it counts once. */
  event_id: name.optional(),
  customer_id: name,
  meter_id: name,
  event_type: name.default('increment'),
  quantity: z
    .union([z.number(), z.string()])
    .transform(String)
    .pipe(z.string().regex(/^\d{1,15}(\.\d{1,9})?$/, 'a number that is not negative')),
  /** When it was used. */
  timestamp: z.iso.datetime({ offset: true }).optional(),
})

/** `POST /v1/events`: usage that was priced. It belongs to the window in which it was used, whenever it comes. */
export function registerUsageEvents(app: FastifyInstance, { backend }: Context, on: MeteringSettings): void {
  const { database, clock } = backend
  app.post('/v1/events', async (request, reply) => {
    const tenant = requireTenant(request, on)
    const { event_id: id = randomUUID(), timestamp, ...used } = readBody(request, event)
    const now = clock.now()
    const usedAt = timestamp === undefined ? now : Date.parse(timestamp)
    if (usedAt > now + allowedSkewMs) throw new HttpError(422, 'in_future', 'timestamp: it lies in the future')
    const { affected } = await database.query(
      `insert into events_processed (tenant_id, environment_id, event_id, customer_id, meter_id, event_type, qty_billable, used_at, processed_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
      [...keyOf(tenant), id, used.customer_id, used.meter_id, used.event_type, used.quantity, iso(usedAt), iso(now)],
    )
    return reply.status(affected === 1 ? 201 : 200).send({ event_id: id, counted: affected === 1 })
  })
}
