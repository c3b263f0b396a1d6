import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { HttpError, readBody, requireAdmin } from '../http.ts'
import type { Parts } from '../parts.ts'
import type { Backend } from '../settings.ts'

const body = z.strictObject({ api_key: z.string().regex(/^[sr]k_(test|live)_[A-Za-z0-9]{16,250}$/, 'a secret key') })

/**
 * `PUT`, `GET /admin/connection` and `POST /admin/connection/test`, for the administrator: the provider key that usage is reported with. It is
 * kept encrypted, or not at all where there is nothing to encrypt it with, and never shown again.
 */
export function registerConnection(app: FastifyInstance, { backend, parts }: { backend: Backend; parts: Parts }): void {
  const { database, clock, adminToken } = backend

  app.put('/admin/connection', async (request) => {
    requireAdmin(request, adminToken)
    const { api_key: key } = readBody(request, body)
    if (!backend.configKey) throw new HttpError(503, 'no_config_key', 'CONFIG_KEY is not set: keys cannot be kept')
    if (/_live_/.test(key) !== (backend.stripe.mode === 'live'))
      throw new HttpError(422, 'other_mode', 'api_key: a key of the other mode')
    const shown = `${key.slice(0, 8)}****${key.slice(-4)}`
    const at = new Date(clock.now()).toISOString()
    await database.query(
      `insert into provider_connections (provider, sealed_key, shown, updated_at) values ('stripe', $1, $2, $3)
       on conflict (provider) do update set sealed_key = excluded.sealed_key, shown = excluded.shown, updated_at = excluded.updated_at`,
      [parts.seal(key, backend.configKey), shown, at],
    )
    return { provider: 'stripe', api_key: shown, updated_at: at }
  })

  app.get('/admin/connection', async (request) => {
    requireAdmin(request, adminToken)
    const found = await database.query('select shown, updated_at from provider_connections')
    const [row] = found.rows
    if (!row) throw new HttpError(404, 'not_found', 'no key is kept')
    return { provider: 'stripe', api_key: row.shown, updated_at: row.updated_at }
  })

  app.post('/admin/connection/test', async (request) => {
    requireAdmin(request, adminToken)
    const key = await keptKey(backend)
    if (!key) throw new HttpError(409, 'no_key', 'no key is kept that can be read')
    const outcome = await parts.testConnection(backend, key)
    if (outcome === 'connected') return { status: 'connected' }
    if (outcome === 'refused') throw new HttpError(401, 'key_refused', 'the provider does not take this key')
    throw new HttpError(502, 'provider_failed', 'the provider did not answer')
  })
}

/** The kept key, where it can be read. */
export async function keptKey({ database, configKey }: Backend): Promise<string | undefined> {
  const found = await database.query("select sealed_key from provider_connections where provider = 'stripe'")
  const [row] = found.rows
  if (!row || !configKey) return undefined
  const { unseal } = await import('./seal.ts')
  return unseal(String(row.sealed_key), configKey)
}
