import { join } from 'node:path'
import type { Database } from '../backend/db/database.ts'
import { openStripeApi } from '../backend/provider/stripe-api.ts'
import type { Backend } from '../backend/settings.ts'
import { openOutbox } from '../outbox/outbox.ts'
import { notifyProvider } from '../providers/notify.ts'
import { createShadowLog } from '../providers/shadow.ts'
import { type StripeSettings, stripeMode, stripeProvider } from '../providers/stripe.ts'
import { embeddedDatabaseUrl, keptKey } from './credentials.ts'
import { listen, portOf } from './ports.ts'
import { registerStage6Page } from './stage6-page.ts'
import type { System, SystemOptions } from './system.ts'

/** Starts the reference backend against the sandbox that runs already, and registers its webhook endpoint there. */
export async function startBackend(
  options: SystemOptions,
  system: System,
  database: Database,
): Promise<{ close(): Promise<void> }> {
  const { env, clock, flags, qaDir, seed } = options
  const { createBackendApp } = await import('../backend/server.ts')
  const adminToken = env.GATEKIT_ADMIN_TOKEN ?? (await keptKey(options.dataDir, 'admin_', seed))
  const configKey = env.CONFIG_KEY ?? (await keptKey(options.dataDir, 'config_', seed))
  const webhookSecrets = env.STRIPE_WEBHOOK_SECRET ? [env.STRIPE_WEBHOOK_SECRET] : []
  const apiKey = system.variables.STRIPE_SECRET_KEY ?? env.STRIPE_SECRET_KEY
  const apiBase = system.variables.STRIPE_API_BASE ?? env.STRIPE_API_BASE
  const stripe: StripeSettings = { ...(apiKey && { apiKey }), ...(apiBase && { apiBase }) }
  const outbox = await openOutbox(join(qaDir, 'notify', 'outbox'), { clock })
  const notifyUrl = system.urls.notify ?? env.NOTIFY_API_BASE
  const shadowLog = flags.shadowCalls ? createShadowLog(join(qaDir, 'shadow', 'samples.ndjson'), clock) : undefined
  const backend: Backend = {
    flags,
    clock,
    database,
    outbox,
    stripe: stripeProvider(flags, stripe),
    notify: notifyProvider(flags, {
      outbox,
      ...(notifyUrl && { sandboxUrl: notifyUrl }),
      ...(shadowLog && notifyUrl && { shadow: { url: notifyUrl, log: shadowLog } }),
    }),
    ...(apiKey &&
      stripeMode(flags) !== 'mock' && { stripeApi: openStripeApi({ apiKey, ...(apiBase && { apiBase }) }) }),
    webhookSecrets,
    publicUrl: 'http://127.0.0.1',
    adminToken,
    configKey,
    metering: { admins: new Map([[adminToken, localTenant]]), batchSize: 500, graceMinutes: 5 },
    build: options.build,
    rootDir: options.rootDir ?? process.cwd(),
    ...(shadowLog && { shadowLog }),
    ...(shadowLog &&
      apiBase && { shadowStripe: stripeProvider({ ...flags, stripeMock: false, stripeTest: true }, stripe) }),
  }
  const app = await createBackendApp(backend)
  registerStage6Page(app, flags)
  const url = await listen('app', portOf('app', options.port), (port) => app.listen({ host: '127.0.0.1', port }))
  try {
    backend.publicUrl = url
    system.urls.app = url
    Object.assign(system.variables, {
      GATEKIT_BASE_URL: url,
      OI_BASE_URL: url,
      DATABASE_URL: env.DATABASE_URL ?? embeddedDatabaseUrl,
    })
    Object.assign(system.secrets, { GATEKIT_ADMIN_TOKEN: adminToken })
    system.variables.GATEKIT_ADMIN_TOKEN = adminToken
    if (system.urls.paypal) await connectPayPal(backend, system, url)
    if (system.urls.stripe && apiKey) webhookSecrets.push(await registerEndpoint(system.urls.stripe, apiKey, url))
    const [signing] = webhookSecrets
    if (signing) system.variables.STRIPE_WEBHOOK_SECRET = signing
    return { close: () => app.close() }
  } catch (error) {
    await app.close()
    throw error
  }
}

/** Whose usage the embedded backend meters: its administrator’s. */
const localTenant = { tenant: 'local', environment: 'test' }

/** Registers the webhook as anyone would, and lets the backend make orders and refunds at the sandbox. */
async function connectPayPal(backend: Backend, system: System, appUrl: string): Promise<void> {
  const {
    PAYPAL_API_BASE: apiBase = '',
    PAYPAL_CLIENT_ID: id = '',
    PAYPAL_CLIENT_SECRET: secret = '',
  } = system.variables
  const { openPaypalApi, paypalAuthorization } = await import('../backend/provider/paypal-api.ts')
  const { openPaypal } = await import('../backend/webhooks/paypal-verify.ts')
  const settings = { apiBase, client: { id, secret } }
  const answer = await fetch(`${apiBase}/v1/notifications/webhooks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(await paypalAuthorization(settings)) },
    body: JSON.stringify({ url: `${appUrl}/webhooks/paypal`, event_types: [{ name: '*' }] }),
  })
  const { id: webhookId } = (await answer.json()) as { id?: string }
  if (!webhookId) throw new Error(`the PayPal sandbox registered no webhook: ${answer.status}`)
  backend.paypal = openPaypal({ ...settings, webhookId, mode: 'postback' })
  backend.paypalApi = openPaypalApi(settings)
  system.variables.PAYPAL_WEBHOOK_ID = webhookId
}

const hookPath = '/api/stripe_ext/webhook'

/**
 * Creates the webhook endpoint over the API, as anyone would; its signing secret is in this one answer only. Endpoints of an earlier start
 * with the same data go: every event would be delivered twice.
 */
async function registerEndpoint(stripeUrl: string, apiKey: string, appUrl: string): Promise<string> {
  const collection = `${stripeUrl}/v1/webhook_endpoints`
  const headers = { authorization: `Bearer ${apiKey}` }
  const earlier = (await (await fetch(`${collection}?limit=100`, { headers })).json()) as { data?: Earlier[] }
  for (const { id, url } of earlier.data ?? [])
    if (url.startsWith('http://127.0.0.1:') && url.endsWith(hookPath))
      await fetch(`${collection}/${id}`, { method: 'DELETE', headers })
  const form = new URLSearchParams({ url: appUrl + hookPath, 'enabled_events[0]': '*' })
  const answer = await fetch(collection, { method: 'POST', headers, body: form })
  const endpoint = (await answer.json()) as { secret?: string; error?: { message?: string } }
  if (!endpoint.secret)
    throw new Error(`the sandbox gave no signing secret: ${endpoint.error?.message ?? answer.status}`)
  return endpoint.secret
}

interface Earlier {
  id: string
  url: string
}
