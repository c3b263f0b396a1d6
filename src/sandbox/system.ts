import { join } from 'node:path'
import type { Database } from '../backend/db/database.ts'
import type { ProviderFlags } from '../config/flags.ts'
import type { Clock } from '../kernel/clock.ts'
import { startBackend } from './backend.ts'
import { keptKey } from './credentials.ts'
import { type Answers, createAnswers } from './dashboard/answers.ts'
import type { Source } from './dashboard/view.ts'
import { listen, portOf, type Service } from './ports.ts'

export interface SystemOptions {
  only: readonly Service[]
  /** First of consecutive ports; 0 for free ones. */
  port: number
  flags: ProviderFlags
  clock: Clock
  /** Path of a Unix socket to serve Stripe on too. */
  stripeSocket?: string
  /** Variables of the caller; keys, addresses and databases named there are used instead of made-up ones. */
  env: NodeJS.ProcessEnv
  /** Folder of all output, `qa`. */
  qaDir: string
  /** Folder that the paths in the backend's answers are relative to; the current one when absent. */
  rootDir?: string
  /** Makes ids and keys repeatable. */
  seed?: number
  /** Keeps Stripe's objects, the backend's database and the keys in this folder, also when the process is killed. */
  dataDir?: string
  /** Whether what is acknowledged survives a power cut (`always`, the default) or only the end of the process. */
  fsync?: 'always' | 'never'
  /** Folder of the `stripe` package whose API is spoken; gatekit's own when absent. */
  stripePackage?: string
  build: { version: string; sha?: string }
}

/** The running sandbox and backend, all on loopback. */
export interface System {
  urls: Partial<Record<Service, string>>
  /** What an application needs to use this system, as environment variables. */
  variables: Record<string, string>
  /** The backend's database, when the backend was started. */
  database: Database | undefined
  /** The backend's administration token and the like: values that no output may show. */
  secrets: Record<string, string>
  close(): Promise<void>
}

/** Starts the parts asked for, each ready when this resolves; when one cannot start, those before it are closed again. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { only, port, env } = options
  const system: System = { urls: {}, variables: {}, database: undefined, secrets: {}, close: () => closeAll(closers) }
  const closers: (() => Promise<void>)[] = []
  const answers = only.includes('dashboard') ? createAnswers() : undefined
  let source: Source | undefined
  try {
    // The database takes longest, so it starts first; what has begun is closed even when something else fails.
    const opening = only.includes('app') ? openBackendDatabase(options) : undefined
    if (opening) closers.push(async () => (await opening).close())
    opening?.catch(() => {}) // Reported where it is awaited; until then it must not count as unhandled.
    const [stripe, notify, paypal] = await allOrThrow([
      closed(only.includes('stripe') ? startStripe(options, answers) : undefined, closers),
      closed(only.includes('notify') ? startNotify(options) : undefined, closers),
      closed(only.includes('paypal') ? startPayPal(options) : undefined, closers),
    ])
    if (stripe) {
      const apiKey = env.STRIPE_SECRET_KEY ?? (await keptKey(options.dataDir, 'sk_test_', options.seed))
      system.urls.stripe = stripe.url
      Object.assign(system.variables, { STRIPE_API_BASE: stripe.url, STRIPE_SECRET_KEY: apiKey })
      if (answers) source = (await import('./dashboard/source.ts')).sourceOf(stripe, answers, apiKey)
    }
    if (notify) {
      system.urls.notify = notify.url
      system.variables.NOTIFY_API_BASE = notify.url
    }
    if (paypal) {
      system.urls.paypal = paypal.url
      Object.assign(system.variables, paypal.variables)
      system.secrets.PAYPAL_CLIENT_SECRET = paypal.variables.PAYPAL_CLIENT_SECRET
    }
    if (opening) {
      system.database = await opening
      const app = await startBackend(options, system, system.database)
      closers.push(app.close)
    }
    if (only.includes('dashboard')) {
      const { startDashboard } = await import('./dashboard/server.ts')
      const dashboard = await startDashboard({
        qaDir: options.qaDir,
        port: portOf('dashboard', port),
        flags: options.flags,
        source,
        notifyUrl: system.urls.notify,
      })
      closers.push(dashboard.close)
      system.urls.dashboard = dashboard.url
    }
    return system
  } catch (error) {
    await closeAll(closers)
    throw error
  }
}

const startStripe = (
  { port, clock, seed, dataDir, fsync, stripePackage, stripeSocket }: SystemOptions,
  answers?: Answers,
) =>
  listen('stripe', portOf('stripe', port), async (port) => {
    const { createStripeServer } = await import('../stripe/server.ts')
    return createStripeServer({
      port,
      clock,
      ...(stripeSocket !== undefined && { socketPath: stripeSocket }),
      ...(answers && { onAnswer: (_request, answer) => answers.add(answer) }),
      ...(seed !== undefined && { seed }),
      ...(stripePackage !== undefined && { stripePackage }),
      ...(dataDir !== undefined && { data: { dir: join(dataDir, 'stripe'), ...(fsync && { fsync }) } }),
    })
  })

const startNotify = ({ port, clock }: SystemOptions) =>
  listen('notify', portOf('notify', port), async (port) => {
    const { createNotifyServer } = await import('../notify/server.ts')
    return createNotifyServer({ port, clock })
  })

async function startPayPal({ port, clock, seed, dataDir, env }: SystemOptions) {
  const clientId = env.PAYPAL_CLIENT_ID ?? (await keptKey(dataDir, 'AZ', seed))
  const clientSecret = env.PAYPAL_CLIENT_SECRET ?? (await keptKey(dataDir, 'EL', seed))
  const { createPayPalServer } = await import('../paypal/server.ts')
  const server = await listen('paypal', portOf('paypal', port), (port) =>
    createPayPalServer({ port, clock, clientId, clientSecret, ...(seed !== undefined && { seed }) }),
  )
  const variables = {
    PAYPAL_API_BASE: server.url,
    PAYPAL_CLIENT_ID: clientId,
    PAYPAL_CLIENT_SECRET: clientSecret,
  }
  return { ...server, variables }
}

async function openBackendDatabase({ dataDir, env }: SystemOptions): Promise<Database> {
  const { openDatabase } = await import('../backend/db/open.ts')
  return openDatabase(env.DATABASE_URL ?? (dataDir && `pglite:${join(dataDir, 'app')}`))
}

/** Remembers how to close a server as soon as it is there. */
async function closed<T extends { close(): Promise<void> }>(
  starting: Promise<T> | undefined,
  closers: (() => Promise<void>)[],
): Promise<T | undefined> {
  const server = await starting
  if (server) closers.push(server.close)
  return server
}

/** Waits for all of them whatever the others do, so that nothing is still starting when the first failure is reported. */
async function allOrThrow<A, B, C>([a, b, c]: [Promise<A>, Promise<B>, Promise<C>]): Promise<[A, B, C]> {
  await Promise.allSettled([a, b, c])
  return [await a, await b, await c]
}

/** Closes in reverse order, every one of them, whatever the others do. */
async function closeAll(closers: (() => Promise<void>)[]): Promise<void> {
  while (closers.length > 0)
    await closers
      .pop()?.()
      .catch(() => {})
}
