import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { unseal } from '../connection/seal.ts'
import { HttpError, readBody } from '../http.ts'
import type { Backend } from '../settings.ts'
import type { Context } from './collect.ts'
import { iso } from './collect.ts'
import { keyOf, type MeteringSettings, requireTenant, type Tenant } from './tenants.ts'

const body = z.strictObject({
  api_key: z.string().regex(/^[sr]k_(test|live)_[A-Za-z0-9]{24,250}$/, 'a secret key of the provider'),
  sync_enabled: z.boolean().default(true),
  aggregation_window_minutes: z.int().min(5).max(60).default(60),
})

export interface TenantConfig {
  /** Undefined where it cannot be read any more. */
  key: string | undefined
  isEnabled: boolean
  minutes: number
}

export async function configOf({ database, configKey }: Backend, tenant: Tenant): Promise<TenantConfig | undefined> {
  const { rows } = await database.query(
    `select sealed_key, sync_enabled, aggregation_window_minutes as minutes from stripe_tenant_configs
     where tenant_id = $1 and environment_id = $2`,
    keyOf(tenant),
  )
  const [row] = rows
  if (!row) return undefined
  const key = configKey ? unseal(String(row.sealed_key), configKey) : undefined
  return { key, isEnabled: row.sync_enabled === true, minutes: Number(row.minutes) }
}

/** `PUT`, `GET`, `DELETE /v1/stripe/config` and `POST /v1/stripe/config/test`: the tenant's provider key, kept encrypted and never shown. */
export function registerTenantConfig(app: FastifyInstance, { backend, parts }: Context, on: MeteringSettings): void {
  const { database, clock } = backend

  app.put('/v1/stripe/config', async (request, reply) => {
    const tenant = requireTenant(request, on)
    const { api_key: key, sync_enabled: isEnabled, aggregation_window_minutes: minutes } = readBody(request, body)
    if (!backend.configKey) throw new HttpError(503, 'no_config_key', 'CONFIG_KEY is not set: keys cannot be kept')
    if (/_live_/.test(key) !== (backend.stripe.mode === 'live'))
      throw new HttpError(422, 'other_mode', 'api_key: a key of the other mode')
    const shown = `${key.slice(0, 8)}****${key.slice(-4)}`
    const { rows } = await database.query(
      `insert into stripe_tenant_configs (tenant_id, environment_id, sealed_key, shown, sync_enabled, aggregation_window_minutes, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $7)
       on conflict (tenant_id, environment_id) do update set sealed_key = excluded.sealed_key, shown = excluded.shown,
         sync_enabled = excluded.sync_enabled, aggregation_window_minutes = excluded.aggregation_window_minutes,
         updated_at = greatest(excluded.updated_at, stripe_tenant_configs.updated_at + interval '1 millisecond')
       returning updated_at, created_at = updated_at as is_new`,
      [...keyOf(tenant), parts.seal(key, backend.configKey), shown, isEnabled, minutes, iso(clock.now())],
    )
    const [row] = rows
    reply.status(row?.is_new ? 201 : 200)
    return { ...shownOf(shown, isEnabled, minutes), updated_at: row?.updated_at }
  })

  app.get('/v1/stripe/config', async (request) => {
    const { rows } = await database.query(
      `select shown, sync_enabled, aggregation_window_minutes as minutes, updated_at from stripe_tenant_configs
       where tenant_id = $1 and environment_id = $2`,
      keyOf(requireTenant(request, on)),
    )
    const [row] = rows
    if (!row) throw new HttpError(404, 'not_found', 'no key is kept')
    const shown = shownOf(String(row.shown), row.sync_enabled === true, Number(row.minutes))
    return { ...shown, updated_at: row.updated_at }
  })

  app.delete('/v1/stripe/config', async (request, reply) => {
    const statement = 'delete from stripe_tenant_configs where tenant_id = $1 and environment_id = $2'
    await database.query(statement, keyOf(requireTenant(request, on)))
    return reply.status(204).send()
  })

  app.post('/v1/stripe/config/test', async (request) => {
    const config = await configOf(backend, requireTenant(request, on))
    if (!config?.key) throw new HttpError(409, 'no_key', 'no key is kept that can be read')
    const outcome = await parts.testConnection(backend, config.key)
    if (outcome === 'connected') return { status: 'connected' }
    if (outcome === 'refused')
      throw new HttpError(401, 'key_refused', 'auth error: the provider does not take this key')
    throw new HttpError(502, 'provider_failed', 'the provider did not answer')
  })
}

const shownOf = (shown: string, isEnabled: boolean, minutes: number) => ({
  api_key: shown,
  sync_enabled: isEnabled,
  aggregation_window_minutes: minutes,
})
