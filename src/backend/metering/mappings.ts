import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { HttpError, readBody } from '../http.ts'
import { type Context, iso } from './collect.ts'
import { keyOf, type MeteringSettings, requireTenant, type Tenant } from './tenants.ts'

export const name = z.string().regex(/^[\x21-\x7e]{1,200}$/, 'a name without spaces')

const meter = z.strictObject({
  meter_id: name,
  provider_type: z.literal('stripe').default('stripe'),
  provider_meter_id: name,
  sync_enabled: z.boolean().default(true),
})
const customer = z.strictObject({
  customer_id: name,
  provider_type: z.literal('stripe').default('stripe'),
  provider_customer_id: z.string().regex(/^cus_\w{1,200}$/, 'a customer of the provider'),
})

/** What belongs to what at the provider: one mapping per meter and per customer, and a second one is refused. */
export function registerMappings(app: FastifyInstance, context: Context, on: MeteringSettings): void {
  const { database } = context.backend
  // The first users' page spells this route in two ways.
  for (const url of ['/v1/stripe/meters/mapping', '/v1/stripe/meter-mappings'])
    app.post(url, async (request, reply) => {
      const tenant = requireTenant(request, on)
      const mapping = readBody(request, meter)
      if (!(await context.parts.mapMeter(context, tenant, mapping)))
        throw new HttpError(409, 'already_mapped', 'this meter has a mapping already')
      return reply.status(201).send(mapping)
    })
  app.get('/v1/stripe/meter-mappings', async (request) => {
    const found = await database.query(
      `select meter_id, provider_type, provider_meter_id, sync_enabled from meter_provider_mappings
       where tenant_id = $1 and environment_id = $2 order by meter_id`,
      keyOf(requireTenant(request, on)),
    )
    return { items: found.rows }
  })
  app.delete<{ Params: { meter: string } }>('/v1/stripe/meter-mappings/:meter', async (request, reply) => {
    const statement =
      'delete from meter_provider_mappings where tenant_id = $1 and environment_id = $2 and meter_id = $3'
    await database.query(statement, [...keyOf(requireTenant(request, on)), request.params.meter])
    return reply.status(204).send()
  })
  app.post('/v1/stripe/customer-mappings', async (request, reply) => {
    const tenant = requireTenant(request, on)
    const mapping = readBody(request, customer)
    const isNew = await context.parts.mapCustomer(context, tenant, mapping.customer_id, mapping.provider_customer_id)
    if (!isNew) throw new HttpError(409, 'already_mapped', 'this customer has a mapping already')
    return reply.status(201).send(mapping)
  })
}

/** False where there is one already; of several at the same time exactly one is made. */
export async function mapMeter(
  { backend: { database, clock } }: Context,
  tenant: Tenant,
  { meter_id, provider_meter_id, sync_enabled }: z.output<typeof meter>,
): Promise<boolean> {
  const { affected } = await database.query(
    `insert into meter_provider_mappings (tenant_id, environment_id, meter_id, provider_type, provider_meter_id, sync_enabled, created_at)
     values ($1, $2, $3, 'stripe', $4, $5, $6) on conflict do nothing`,
    [...keyOf(tenant), meter_id, provider_meter_id, sync_enabled, iso(clock.now())],
  )
  return affected === 1
}

export async function mapCustomer(
  { backend: { database, clock } }: Context,
  tenant: Tenant,
  customerId: string,
  providerId: string,
): Promise<boolean> {
  const { affected } = await database.query(
    `insert into customer_integration_mappings (tenant_id, environment_id, customer_id, provider_type, provider_customer_id, created_at)
     values ($1, $2, $3, 'stripe', $4, $5) on conflict do nothing`,
    [...keyOf(tenant), customerId, providerId, iso(clock.now())],
  )
  return affected === 1
}
