import type { Database } from '../backend/db/database.ts'
import type { ProviderFlags } from '../config/flags.ts'
import type { Clock } from '../kernel/clock.ts'
import { startBackend } from './backend.ts'
import { makeKey } from './credentials.ts'
import { startDashboard } from './dashboard.ts'
import { listen, portOf, type Service } from './ports.ts'

export interface SystemOptions {
  only: readonly Service[]
  /** First of consecutive ports; 0 for free ones. */
  port: number
  flags: ProviderFlags
  clock: Clock
  /** Variables of the caller; keys, addresses and databases named there are used instead of made-up ones. */
  env: NodeJS.ProcessEnv
  /** Folder of all output, `qa`. */
  qaDir: string
  /** Makes ids and keys repeatable. */
  seed?: number
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
  const { only, port, clock, env } = options
  const system: System = { urls: {}, variables: {}, database: undefined, secrets: {}, close: () => closeAll(closers) }
  const closers: (() => Promise<void>)[] = []
  try {
    const [stripe, notify] = await Promise.all([
      only.includes('stripe') ? startStripe(options) : undefined,
      only.includes('notify') ? startNotify(options) : undefined,
    ])
    if (stripe) {
      closers.push(stripe.close)
      const apiKey = env.STRIPE_SECRET_KEY ?? makeKey('sk_test_', options.seed)
      system.urls.stripe = stripe.url
      Object.assign(system.variables, { STRIPE_API_BASE: stripe.url, STRIPE_SECRET_KEY: apiKey })
    }
    if (notify) {
      closers.push(notify.close)
      system.urls.notify = notify.url
      system.variables.NOTIFY_API_BASE = notify.url
    }
    if (only.includes('app')) {
      const app = await startBackend(options, system)
      closers.push(app.close)
      system.database = app.database
    }
    if (only.includes('dashboard')) {
      const dashboard = await startDashboard({
        qaDir: options.qaDir,
        port: portOf('dashboard', port),
        flags: options.flags,
        clock,
        urls: system.urls,
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

const startStripe = ({ port, clock, seed }: SystemOptions) =>
  listen('stripe', portOf('stripe', port), async (port) => {
    const { createStripeServer } = await import('../stripe/server.ts')
    return createStripeServer({ port, clock, ...(seed !== undefined && { seed }) })
  })

const startNotify = ({ port, clock }: SystemOptions) =>
  listen('notify', portOf('notify', port), async (port) => {
    const { createNotifyServer } = await import('../notify/server.ts')
    return createNotifyServer({ port, clock })
  })

/** Closes in reverse order, every one of them, whatever the others do. */
async function closeAll(closers: (() => Promise<void>)[]): Promise<void> {
  while (closers.length > 0)
    await closers
      .pop()?.()
      .catch(() => {})
}
