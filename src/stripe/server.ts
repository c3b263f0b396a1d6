import { type Clock, systemClock } from '../kernel/clock.ts'
import { type Account, Accounts } from './accounts.ts'
import { loadCatalogue } from './catalogue/load.ts'
import { Schema } from './catalogue/schema.ts'
import { RequestContext } from './context.ts'
import { handleControl } from './control.ts'
import type { Context, ResourceDefinition } from './define.ts'
import { Engine } from './engine.ts'
import type { HttpAnswer, HttpRequest } from './http.ts'
import { noRequest, runDue } from './jobs.ts'
import { listen } from './listen.ts'
import { answerPage } from './pages/route.ts'
import { Registry } from './registry.ts'
import { resources as shippedResources } from './resources/list.ts'
import { createWebhooks, type WebhookOptions, type Webhooks } from './webhooks/service.ts'
import type { EngineWorld, StripeEvent } from './world.ts'

export interface StripeSandboxOptions {
  clock?: Clock
  /** Ids and secrets repeat under the same seed. */
  seed?: string | number
  /** What links in answers begin with; the server's own address when absent. */
  publicUrl?: string
  /** Folder of the `stripe` package to speak for. */
  stripePackage?: string
  /** The shipped resource files when absent. */
  resources?: Readonly<Record<string, ResourceDefinition>>
  /** Told of every event; returns how many endpoints it is on its way to. */
  onEvent?(account: Account, event: StripeEvent): number
  /** Sends a stored event again; false when there is no such event or endpoint. */
  onResend?(account: Account, event: string, endpoint?: string): boolean
  /** Told whenever the clocks are looked at. */
  onTick?(): void
  /** Told which accounts were reset. */
  onReset?(accounts: string[]): void
  /** Checks every own answer against its type, for tests. */
  onMisfit?(operation: string, problems: string[]): void
  onBug?(error: unknown): void
  idempotencyWindowMs?: number
  /** Pages and other routes that are not the API; undefined for what is not theirs. Asked before the API. */
  pages?(request: HttpRequest, sandbox: StripeSandbox): Promise<HttpAnswer | undefined> | HttpAnswer | undefined
}

/** A Stripe API in this process, without a socket. */
export interface StripeSandbox {
  accounts: Accounts
  schema: Schema
  clock: Clock
  handle(request: HttpRequest): Promise<HttpAnswer>
  /** A context without a request, for pages and timers; `finish()` makes the events. */
  context(account: string): RequestContext
  /** Does something to an account outside any request; events are made when it returns or throws. */
  within<T>(account: string, work: (context: Context) => T): T
  /** Runs what is due on the clocks of all accounts. */
  tick(): void
  setPublicUrl(url: string): void
}

export interface StripeServerOptions extends StripeSandboxOptions {
  /** 0 for a free one. */
  port?: number
  host?: string
  /** How events travel; the shipped delivery when absent. */
  webhooks?: Pick<WebhookOptions, 'allowedHosts' | 'retryDelaysMs' | 'send'>
}

export interface StripeServer extends StripeSandbox {
  webhooks: Webhooks
  url: string
  port: number
  close(): Promise<void>
}

/** Makes a sandbox to call directly. */
export async function createStripeSandbox(options: StripeSandboxOptions = {}): Promise<StripeSandbox> {
  const { clock = systemClock, seed, stripePackage, resources = shippedResources } = options
  const schema = new Schema(await loadCatalogue(stripePackage === undefined ? {} : { stripePackage }))
  const registry = new Registry(schema, resources)
  const accounts = new Accounts({
    ...(seed !== undefined && { seed }),
    indexesOf: (object) => registry.indexesOf(object),
  })
  let publicUrl = options.publicUrl ?? 'http://127.0.0.1'
  const world: EngineWorld = {
    registry,
    accounts,
    clock,
    publicUrl: () => publicUrl,
    onEvent: (account, event) => options.onEvent?.(account, event) ?? 0,
    onResend: (account, event, endpoint) => options.onResend?.(account, event, endpoint) ?? false,
  }
  const engine = new Engine({ world, ...engineOptions(options) })
  const seconds = (): number => Math.floor(clock.now() / 1000)
  const control = { accounts, api: schema.catalogue.api, stripe: schema.catalogue.stripe }
  const sandbox: StripeSandbox = {
    accounts,
    schema,
    clock,
    async handle(request) {
      const { onReset } = options
      const controlled = handleControl(request, { ...control, ...(onReset && { onReset }) })
      return controlled ?? (await options.pages?.(request, sandbox)) ?? engine.handle(request)
    },
    context: (account) => new RequestContext(world, accounts.open(account), noRequest(schema.catalogue.api), seconds()),
    within(account, work) {
      const context = sandbox.context(account)
      try {
        return work(context)
      } finally {
        context.finish()
      }
    },
    tick() {
      for (const account of accounts.all()) runDue(world, account, '', seconds())
      options.onTick?.()
    },
    setPublicUrl(url) {
      publicUrl = options.publicUrl ?? url
    },
  }
  return sandbox
}

function engineOptions({ onMisfit, onBug, idempotencyWindowMs }: StripeSandboxOptions) {
  return {
    ...(onMisfit && { onMisfit }),
    ...(onBug && { onBug }),
    ...(idempotencyWindowMs !== undefined && { idempotencyWindowMs }),
  }
}

/** How often what is due is looked for when the system's clock runs. */
const tickMs = 1000

/** Serves a sandbox over HTTP, with its pages and with webhooks on their way. */
export async function createStripeServer(options: StripeServerOptions = {}): Promise<StripeServer> {
  const { port = 0, host = '127.0.0.1', clock = systemClock } = options
  const webhooks: Webhooks = createWebhooks({ clock, accounts: () => sandbox.accounts, ...options.webhooks })
  const sandbox: StripeSandbox = await createStripeSandbox({
    pages: answerPage,
    ...options,
    ...through(webhooks, options),
  })
  const listening = await listen((request) => sandbox.handle(request), host, port)
  sandbox.setPublicUrl(listening.url)
  const timer = sandbox.clock === systemClock ? setInterval(() => tickSafely(sandbox, options), tickMs) : undefined
  timer?.unref()
  return Object.assign(sandbox, {
    webhooks,
    url: listening.url,
    port: listening.port,
    async close() {
      clearInterval(timer)
      await webhooks.close()
      await listening.close()
    },
  })
}

/** Delivery hears of events and resets first, then who else wanted to. */
const through = (webhooks: Webhooks, options: StripeServerOptions): Partial<StripeSandboxOptions> => ({
  onEvent: (account, event) => webhooks.onEvent(account, event) + (options.onEvent?.(account, event) ?? 0),
  onResend: webhooks.resend,
  onReset(accounts) {
    for (const account of accounts) webhooks.forget(account)
    options.onReset?.(accounts)
  },
  onTick: webhooks.tick,
})

/** A job that fails must not take the server with it. */
function tickSafely(sandbox: StripeSandbox, { onBug }: StripeServerOptions): void {
  try {
    sandbox.tick()
  } catch (error) {
    onBug?.(error)
  }
}
