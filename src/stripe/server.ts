import { type Clock, systemClock } from '../kernel/clock.ts'
import type { JournalEntry } from '../store/journal.ts'
import { type Account, Accounts } from './accounts.ts'
import { loadCatalogue } from './catalogue/load.ts'
import { Schema } from './catalogue/schema.ts'
import { type CliSessions, createCliSessions } from './cli-sessions/service.ts'
import { createCliSocket } from './cli-sessions/socket.ts'
import { RequestContext } from './context.ts'
import type { ControlParts } from './control/define.ts'
import { handleControl, isControl } from './control/handle.ts'
import type { Context, ResourceDefinition } from './define.ts'
import { Engine } from './engine.ts'
import type { HttpAnswer, HttpRequest } from './http.ts'
import { noRequest, runDue } from './jobs.ts'
import { listen } from './listen.ts'
import { answerPage } from './pages/route.ts'
import { Registry } from './registry.ts'
import { resources as shippedResources } from './resources/list.ts'
import { ChangeList } from './state/changes.ts'
import { type DataOptions, openDurable } from './state/durable.ts'
import { createSend, type Send } from './webhooks/send.ts'
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
  /** Told of every answered request. */
  onRequest?(account: Account, entry: JournalEntry): void
  /** Told what went back for every request, those for pages and for the control API included. */
  onAnswer?(request: HttpRequest, answer: HttpAnswer): void
  /** Told whenever the clocks are looked at. */
  onTick?(): void
  /** Told which accounts were reset. */
  onReset?(accounts: string[]): void
  /** Checks every own answer against its type, for tests. */
  onMisfit?(operation: string, problems: string[]): void
  onBug?(error: unknown): void
  idempotencyWindowMs?: number
  /** Keeps everything in a folder; in memory when absent. */
  data?: DataOptions
  /** How events travel, for the control API. */
  delivery?: Webhooks
  /** Pages and other routes that are not the API; undefined for what is not theirs. Asked before the API. */
  pages?(request: HttpRequest, sandbox: StripeSandbox): Promise<HttpAnswer | undefined> | HttpAnswer | undefined
}

/** A Stripe API in this process, without a socket. */
export interface StripeSandbox {
  accounts: Accounts
  schema: Schema
  clock: Clock
  handle(request: HttpRequest): Promise<HttpAnswer>
  /** As `handle`; at once where nothing has to be waited for, which costs a request more than much of what it does. May throw. */
  answer(request: HttpRequest): HttpAnswer | Promise<HttpAnswer>
  /** A context without a request, for pages and timers; `finish()` makes the events. */
  context(account: string): RequestContext
  /** Does something to an account outside any request; events are made when it returns or throws. */
  within<T>(account: string, work: (context: Context) => T): T
  /** Runs what is due on the clocks of all accounts. */
  tick(): void
  /** Calls `listener` for every event that is made; returns how to stop. */
  onEvent(listener: (account: Account, event: StripeEvent) => void): () => void
  /** Resolves when everything that happened so far is kept, where it is kept at all. */
  settled(): Promise<void>
  close(): Promise<void>
  setPublicUrl(url: string): void
}

export interface StripeServerOptions extends StripeSandboxOptions {
  /** 0 for a free one. */
  port?: number
  host?: string
  /** Path of a Unix socket to serve the same on: what the official command line tool's `STRIPE_CLI_UNIX_SOCKET` names. */
  socketPath?: string
  /** How events travel; the shipped delivery when absent. */
  webhooks?: Pick<WebhookOptions, 'allowedHosts' | 'retryDelaysMs' | 'send'>
}

export interface StripeServer extends StripeSandbox {
  webhooks: Webhooks
  /** The official command line tool's `listen` and `logs tail`. */
  cliSessions: CliSessions
  url: string
  port: number
  close(): Promise<void>
}

/** Makes a sandbox to call directly. */
export async function createStripeSandbox(options: StripeSandboxOptions = {}): Promise<StripeSandbox> {
  const { clock = systemClock, seed, stripePackage, resources = shippedResources } = options
  const schema = new Schema(await loadCatalogue(stripePackage === undefined ? {} : { stripePackage }))
  const registry = new Registry(schema, resources)
  const changes = options.data && new ChangeList()
  const accounts = new Accounts({
    clock,
    ...(seed !== undefined && { seed }),
    indexesOf: (object) => registry.indexesOf(object),
    ...(changes && { onChange: (account, section, key) => changes.add(account, section, key) }),
  })
  const listeners = new Set<(account: Account, event: StripeEvent) => void>()
  let publicUrl = options.publicUrl ?? 'http://127.0.0.1'
  const world: EngineWorld = {
    registry,
    accounts,
    clock,
    publicUrl: () => publicUrl,
    onEvent(account, event) {
      for (const listener of listeners) listener(account, event)
      return options.onEvent?.(account, event) ?? 0
    },
    onResend: (account, event, endpoint) => options.onResend?.(account, event, endpoint) ?? false,
  }
  const engine = new Engine({ world, ...engineOptions(options) })
  const durable =
    options.data && changes && (await openDurable(options.data, accounts, changes, (error) => options.onBug?.(error)))
  const contextOf = (id: string): RequestContext => {
    const account = accounts.open(id)
    return new RequestContext(world, account, noRequest(schema.catalogue.api), secondsOf(account))
  }
  const ownAnswer = (request: HttpRequest): Promise<HttpAnswer | undefined> | HttpAnswer | undefined =>
    isControl(request) ? handleControl(request, control) : options.pages?.(request, sandbox)
  async function settle(
    request: HttpRequest,
    answering: HttpAnswer | Promise<HttpAnswer | undefined>,
  ): Promise<HttpAnswer> {
    const answer = (await answering) ?? (await engine.handle(request))
    await durable?.settled()
    options.onAnswer?.(request, answer)
    return answer
  }
  const sandbox: StripeSandbox = {
    accounts,
    schema,
    clock,
    answer(request) {
      const answering = (isPath(request.url) ? ownAnswer(request) : undefined) ?? engine.handle(request)
      if (answering instanceof Promise || durable) return settle(request, answering)
      options.onAnswer?.(request, answering)
      return answering
    },
    handle: async (request) => sandbox.answer(request),
    context: contextOf,
    within(account, work) {
      const context = sandbox.context(account)
      try {
        return work(context)
      } finally {
        context.finish()
      }
    },
    tick() {
      for (const account of accounts.all()) runDue(world, account, '', secondsOf(account))
      options.onTick?.()
    },
    onEvent(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    settled: async () => durable?.settled(),
    close: async () => durable?.close(),
    setPublicUrl(url) {
      publicUrl = options.publicUrl ?? url
    },
  }
  const control: ControlParts = {
    accounts,
    api: schema.catalogue.api,
    stripe: schema.catalogue.stripe,
    ...(options.delivery && { delivery: options.delivery }),
    tick: sandbox.tick,
    handle: async (request) => engine.handle(request),
    onEvent: sandbox.onEvent,
    onReset(ids) {
      changes?.reset(ids)
      options.onReset?.(ids)
    },
  }
  return sandbox
}

/** `*` and `//` are none: only the API answers them, in its own words. */
const isPath = (url: string): boolean => url.startsWith('/') && !url.startsWith('//')

const secondsOf = ({ clock }: Account): number => Math.floor(clock.now() / 1000)

function engineOptions({ onMisfit, onBug, onRequest, idempotencyWindowMs }: StripeSandboxOptions) {
  return {
    ...(onRequest && { onRequest }),
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
  const send = whenKept(options.webhooks?.send ?? createSend(), () => sandbox.settled())
  const webhooks: Webhooks = createWebhooks({ clock, accounts: () => sandbox.accounts, ...options.webhooks, send })
  const cliSessions = createCliSessions({ clock, latestVersion: () => sandbox.schema.catalogue.api })
  const sandbox: StripeSandbox = await createStripeSandbox({
    ...options,
    ...through(webhooks, cliSessions, options),
    delivery: webhooks,
  })
  for (const account of sandbox.accounts.all()) webhooks.resume(account)
  const socket = createCliSocket(cliSessions)
  const listening = await listen((request) => sandbox.answer(request), {
    port,
    host,
    onUpgrade: socket.upgrade,
    ...(options.socketPath !== undefined && { socketPath: options.socketPath }),
  })
  sandbox.setPublicUrl(listening.url)
  const timer = sandbox.clock === systemClock ? setInterval(() => tickSafely(sandbox, options), tickMs) : undefined
  timer?.unref()
  const { close } = sandbox
  return Object.assign(sandbox, {
    webhooks,
    cliSessions,
    url: listening.url,
    port: listening.port,
    async close() {
      clearInterval(timer)
      await webhooks.close()
      socket.close()
      for (const account of sandbox.accounts.all()) account.faults.clear()
      await listening.close()
      await close()
    },
  })
}

/** Delivery and the command line tool hear of events and resets first, then who else wanted to. */
const through = (
  webhooks: Webhooks,
  cliSessions: CliSessions,
  options: StripeServerOptions,
): Partial<StripeSandboxOptions> => ({
  pages: (request, sandbox) => cliSessions.answer(request) ?? (options.pages ?? answerPage)(request, sandbox),
  onEvent(account, event) {
    cliSessions.onEvent(account, event)
    return webhooks.onEvent(account, event) + (options.onEvent?.(account, event) ?? 0)
  },
  onRequest(account, entry) {
    cliSessions.onRequest(account, entry)
    options.onRequest?.(account, entry)
  },
  onResend(account, id, endpoint) {
    if (endpoint === undefined && cliSessions.resend(account, id)) return true
    return webhooks.resend(account, id, endpoint)
  },
  onReset(accounts) {
    for (const account of accounts) webhooks.forget(account)
    options.onReset?.(accounts)
  },
  onTick: webhooks.tick,
})

/** What is told to others must not be forgotten again. */
const whenKept = (send: Send, settled: () => Promise<void>): Send =>
  Object.assign(
    (...args: Parameters<Send>) =>
      settled().then(
        () => send(...args),
        (error: Error) => ({ error: `not sent, because it could not be kept: ${error.message}` }),
      ),
    { close: () => send.close() },
  )

/** A job that fails must not take the server with it. */
function tickSafely(sandbox: StripeSandbox, { onBug }: StripeServerOptions): void {
  try {
    sandbox.tick()
  } catch (error) {
    onBug?.(error)
  }
}
