import { resolve } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { mockFirst, type ProviderFlags, readFlags } from '../config/flags.ts'
import { type Clock, systemClock } from '../kernel/clock.ts'
import { usageError } from '../kernel/errors.ts'
import { packageVersion } from '../kernel/package.ts'
import { openOutbox } from '../outbox/outbox.ts'
import { type NotifyProvider, notifyProvider } from '../providers/notify.ts'
import { type StripeProvider, stripeMode, stripeProvider } from '../providers/stripe.ts'
import { openAuditCopy } from './audit/copy.ts'
import type { Change, Target } from './change.ts'
import { openDatabase } from './db/open.ts'
import { openLog, type RequestLog } from './log.ts'
import { meteringOf } from './metering/tenants.ts'
import { type Parts, referenceParts } from './parts.ts'
import { configurationProblems, isProduction } from './problems.ts'
import { openPaypalApi } from './provider/paypal-api.ts'
import { openStripeApi, type StripeApi } from './provider/stripe-api.ts'
import { openRedis } from './redis.ts'
import { createBackendApp, loadFastify } from './server.ts'
import type { Backend } from './settings.ts'
import { openPaypal } from './webhooks/paypal-verify.ts'
import { tenantsOf } from './webhooks/tenants.ts'

type Variables = Readonly<Record<string, string | undefined>>
type Changed = { change?: Change; isDefect?: boolean }
type Running = { url: string; close(): Promise<void> }

/**
 * The reference backend as a process of its own, configured by its environment: PORT, PUBLIC_URL, DATA_DIR or DATABASE_URL, REDIS_URL,
 * OUTBOX_DIR, LOG_FILE, APP_ENV, STRIPE_*, PAYPAL_* and METERING_*; REPLICA_PORTS for further replicas in the same process.
 */
export async function startProcess(env: Variables, changed: Changed = {}): Promise<Running> {
  // Until it listens nothing else keeps the event loop alive, and Node waits for all background compilation of PGlite before it goes on with an
  // empty one.
  const alive = setInterval(() => {}, 60_000)
  try {
    return await start(env, changed)
  } finally {
    clearInterval(alive)
  }
}

async function start(env: Variables, { change, isDefect = false }: Changed): Promise<Running> {
  if (change && /^[sr]k_live_/.test(env.STRIPE_SECRET_KEY ?? ''))
    throw usageError('a changed backend does not run with a live key', 'start it without the change')
  const flags = flagsOf(env)
  const log = openLog(env.LOG_FILE)
  const ports = [portOf(env.PORT), ...(env.REPLICA_PORTS ?? '').split(',').filter(Boolean).map(portOf)]
  const outbox = await openOutbox(env.OUTBOX_DIR ?? 'qa/notify/outbox')
  // Fastify is loaded while PGlite is compiled in the background.
  const [database] = await Promise.all([openDatabase(databaseUrl(env)), loadFastify()])
  const redis = env.REDIS_URL ? await openRedis(env.REDIS_URL) : undefined
  const auditCopy = env.AUDIT_DIR ? await openAuditCopy(env.AUDIT_DIR) : undefined
  const problems = configurationProblems(env, flags)
  const stripeApi = stripeApiOf(env, flags)
  const metering = meteringOf(env)
  const shared = { flags, clock: clockOf(env), database, outbox, problems }

  /** One of several that share the data store and nothing else. */
  async function startReplica(port: number): Promise<{ url: string; app: FastifyInstance }> {
    const backend: Backend = {
      ...shared,
      stripe: orRefusing(() => stripeProvider(flags, stripeSettings(env)), refusingStripe(flags)),
      notify: orRefusing(() => notifyProvider(flags, notifySettings(env, outbox)), refusingNotify(flags)),
      webhookSecrets: (env.STRIPE_WEBHOOK_SECRET ?? '').split(/[\s,]+/).filter((secret) => secret !== ''),
      publicUrl: env.PUBLIC_URL || `http://127.0.0.1:${port}`,
      rootDir: process.cwd(),
      build: { version: packageVersion },
      environment: env.APP_ENV ?? 'development',
      drainMs: 500,
      tenants: tenantsOf(env),
      ...(env.ADMIN_TOKEN && { adminToken: env.ADMIN_TOKEN }),
      ...(env.CONFIG_KEY && { configKey: env.CONFIG_KEY }),
      ...(metering && { metering }),
      ...(auditCopy && { auditCopy }),
      ...(redis && { redis }),
      ...(stripeApi && { stripeApi: { ...stripeApi } }),
      ...paypalOf(env),
    }
    const parts: Parts = { ...referenceParts }
    const target: Target = { parts, backend, env }
    if (change) await install({ change, isDefect }, target, log)
    const app = await createBackendApp(backend, parts)
    log.attach(app)
    change?.wrap?.(app, target)
    return { url: await app.listen({ host: '127.0.0.1', port }), app }
  }

  // The first is the one that is asked whether all is ready, so it comes last.
  const replicas: { url: string; app: FastifyInstance }[] = []
  for (const port of [...ports].reverse()) replicas.unshift(await startReplica(port))
  const url = (replicas[0] as { url: string }).url
  log.write({ event: 'listening', url, database: database.engine, problems })
  return {
    url,
    async close() {
      for (const { app } of replicas) await app.close()
      await redis?.close()
      await database.close()
    },
  }
}

async function install(
  { change, isDefect }: { change: Change; isDefect: boolean },
  target: Target,
  log: RequestLog,
): Promise<void> {
  if (isDefect) {
    target.backend.mutant = change.id
    log.write({ event: 'MUTANT', id: change.id, warning: 'this process is broken on purpose' })
  }
  await change.apply?.(target)
}

/** Without flags it is a sandbox when a test key and an address are there, and mocked when they are not. */
function flagsOf(env: Variables): ProviderFlags {
  const hasSandbox = /^[sr]k_test_/.test(env.STRIPE_SECRET_KEY ?? '') && (env.STRIPE_API_BASE ?? '') !== ''
  const defaults = hasSandbox ? { ...mockFirst, stripeMock: false, stripeTest: true } : mockFirst
  const inProduction = { ...mockFirst, stripeMock: false, stripeTest: false }
  return readFlags(env, isProduction(env) ? inProduction : defaults)
}

/** Ahead by CLOCK_AHEAD_SECONDS, so that what ends by time can be tried; never in production. */
function clockOf(env: Variables): Clock {
  const ahead = Number(env.CLOCK_AHEAD_SECONDS ?? 0) * 1000
  return Number.isFinite(ahead) && ahead > 0 && !isProduction(env) ? { now: () => Date.now() + ahead } : systemClock
}

function portOf(text: string | undefined): number {
  const port = Number(text || 8471)
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port
  throw usageError(`PORT is no port: "${String(text).slice(0, 20)}"`)
}

const databaseUrl = ({ DATABASE_URL, DATA_DIR }: Variables): string | undefined =>
  DATABASE_URL || (DATA_DIR && `pglite:${resolve(DATA_DIR)}`)

const stripeSettings = (env: Variables) => ({
  ...(env.STRIPE_SECRET_KEY && { apiKey: env.STRIPE_SECRET_KEY }),
  ...(env.STRIPE_API_BASE && { apiBase: env.STRIPE_API_BASE }),
  liveAllowed: isProduction(env),
})

function stripeApiOf(env: Variables, flags: ProviderFlags): StripeApi | undefined {
  if (stripeMode(flags) === 'mock' || !env.STRIPE_SECRET_KEY) return undefined
  return openStripeApi({
    apiKey: env.STRIPE_SECRET_KEY,
    ...(env.STRIPE_API_BASE && { apiBase: env.STRIPE_API_BASE }),
  })
}

function paypalOf(env: Variables): Pick<Backend, 'paypal' | 'paypalApi'> {
  if (!env.PAYPAL_WEBHOOK_ID) return {}
  const id = env.PAYPAL_CLIENT_ID
  const secret = env.PAYPAL_CLIENT_SECRET
  const settings = {
    apiBase:
      env.PAYPAL_API_BASE || (isProduction(env) ? 'https://api-m.paypal.com' : 'https://api-m.sandbox.paypal.com'),
    ...(id && secret && { client: { id, secret } }),
  }
  const mode = env.PAYPAL_VERIFY === 'offline' ? ('offline' as const) : ('postback' as const)
  return {
    paypal: openPaypal({ ...settings, webhookId: env.PAYPAL_WEBHOOK_ID, mode }),
    paypalApi: openPaypalApi(settings),
  }
}

const notifySettings = (env: Variables, outbox: Backend['outbox']) => ({
  outbox,
  ...(env.NOTIFY_API_BASE && { sandboxUrl: env.NOTIFY_API_BASE }),
  ...(env.NOTIFY_API_KEY && {
    live: {
      apiKey: env.NOTIFY_API_KEY,
      apiBase: env.NOTIFY_API_BASE ?? '',
      allow: (env.NOTIFY_ALLOW ?? '').split(',').filter((entry) => entry !== ''),
    },
  }),
})

/** A provider that cannot be had is one that refuses whatever is asked of it: the rest of the process still works. */
function orRefusing<T>(make: () => T, refusing: (reason: unknown) => T): T {
  try {
    return make()
  } catch (error) {
    return refusing(error)
  }
}

const refusingStripe =
  (flags: ProviderFlags) =>
  (reason: unknown): StripeProvider => ({ mode: stripeMode(flags), createCheckout: () => Promise.reject(reason) })

const refusingNotify =
  ({ notifyMode: mode }: ProviderFlags) =>
  (reason: unknown): NotifyProvider => ({ mode, send: () => Promise.reject(reason) })
