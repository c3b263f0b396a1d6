import { resolve } from 'node:path'
import { mockFirst, type ProviderFlags, readFlags } from '../config/flags.ts'
import { systemClock } from '../kernel/clock.ts'
import { usageError } from '../kernel/errors.ts'
import { packageVersion } from '../kernel/package.ts'
import { openOutbox } from '../outbox/outbox.ts'
import { type NotifyProvider, notifyProvider } from '../providers/notify.ts'
import { type StripeProvider, stripeMode, stripeProvider } from '../providers/stripe.ts'
import type { Change, Target } from './change.ts'
import { openDatabase } from './db/open.ts'
import { openLog, type RequestLog } from './log.ts'
import { type Parts, referenceParts } from './parts.ts'
import { configurationProblems, isProduction } from './problems.ts'
import { openStripeApi, type StripeApi } from './provider/stripe-api.ts'
import { openRedis } from './redis.ts'
import { createBackendApp } from './server.ts'
import type { Backend } from './settings.ts'
import { openPaypal, type Paypal } from './webhooks/paypal-verify.ts'

type Variables = Readonly<Record<string, string | undefined>>

/**
 * The reference backend as a process of its own, configured by its environment: PORT, PUBLIC_URL, DATA_DIR or DATABASE_URL, REDIS_URL,
 * OUTBOX_DIR, LOG_FILE, APP_ENV, STRIPE_* and PAYPAL_*.
 */
export async function startProcess(
  env: Variables,
  { change, isDefect = false }: { change?: Change; isDefect?: boolean } = {},
): Promise<{ url: string; close(): Promise<void> }> {
  if (change && /^[sr]k_live_/.test(env.STRIPE_SECRET_KEY ?? ''))
    throw usageError('a changed backend does not run with a live key', 'start it without the change')
  const flags = flagsOf(env)
  const log = openLog(env.LOG_FILE)
  const port = portOf(env.PORT)
  const outbox = await openOutbox(env.OUTBOX_DIR ?? 'qa/notify/outbox')
  const database = await openDatabase(databaseUrl(env))
  const redis = env.REDIS_URL ? await openRedis(env.REDIS_URL) : undefined
  const stripeApi = stripeApiOf(env, flags)
  const paypal = paypalOf(env)
  const problems = configurationProblems(env, flags)
  const backend: Backend = {
    flags,
    clock: systemClock,
    database,
    outbox,
    stripe: orRefusing(() => stripeProvider(flags, stripeSettings(env)), refusingStripe(flags)),
    notify: orRefusing(() => notifyProvider(flags, notifySettings(env, outbox)), refusingNotify(flags)),
    webhookSecrets: (env.STRIPE_WEBHOOK_SECRET ?? '').split(/[\s,]+/).filter((secret) => secret !== ''),
    publicUrl: env.PUBLIC_URL || `http://127.0.0.1:${port}`,
    rootDir: process.cwd(),
    build: { version: packageVersion },
    environment: env.APP_ENV ?? 'development',
    problems,
    drainMs: 500,
    ...(env.ADMIN_TOKEN && { adminToken: env.ADMIN_TOKEN }),
    ...(redis && { redis }),
    ...(stripeApi && { stripeApi }),
    ...(paypal && { paypal }),
  }
  const parts: Parts = { ...referenceParts }
  const target: Target = { parts, backend, env }
  if (change) await install({ change, isDefect }, target, log)
  const app = await createBackendApp(backend, parts)
  log.attach(app)
  change?.wrap?.(app, target)
  const url = await app.listen({ host: '127.0.0.1', port })
  log.write({ event: 'listening', url, database: database.engine, problems })
  return {
    url,
    async close() {
      await app.close()
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

function paypalOf(env: Variables): Paypal | undefined {
  if (!env.PAYPAL_WEBHOOK_ID) return undefined
  const id = env.PAYPAL_CLIENT_ID
  const secret = env.PAYPAL_CLIENT_SECRET
  return openPaypal({
    apiBase:
      env.PAYPAL_API_BASE || (isProduction(env) ? 'https://api-m.paypal.com' : 'https://api-m.sandbox.paypal.com'),
    webhookId: env.PAYPAL_WEBHOOK_ID,
    mode: env.PAYPAL_VERIFY === 'offline' ? 'offline' : 'postback',
    ...(id && secret && { client: { id, secret } }),
  })
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
