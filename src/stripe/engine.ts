import type { JournalEntry } from '../store/journal.ts'
import type { Account } from './accounts.ts'
import { answer } from './answers/answer.ts'
import type { Run } from './answers/run.ts'
import { actingAccount } from './connect/access-token.ts'
import { RequestContext } from './context.ts'
import type { RequestView } from './define.ts'
import { StripeError } from './error.ts'
import { expandSource } from './expand-source.ts'
import { serverError, suffer } from './faults/suffer.ts'
import { type HttpAnswer, type HttpRequest, header } from './http.ts'
import { newId } from './ids.ts'
import { runDue } from './jobs.ts'
import { authenticate, authorize, type Credential } from './protocol/auth.ts'
import { decodeParams } from './protocol/body.ts'
import { errorBody } from './protocol/errors.ts'
import { expandAnswer, parseExpand } from './protocol/expand.ts'
import { findReplay, fingerprintOf } from './protocol/idempotency.ts'
import { indented, RecordTexts } from './protocol/json-text.ts'
import { renameOlder } from './protocol/older-params.ts'
import { checkParams } from './protocol/params.ts'
import type { Route } from './protocol/route.ts'
import type { Json } from './protocol/shape.ts'
import { misfits } from './protocol/verify.ts'
import { isApiVersion, removedParams } from './protocol/versions.ts'
import type { Endpoint } from './registry.ts'
import { createVisit, journalEntry, type Outcome, renderAnswer, type Visit } from './visit.ts'
import type { EngineWorld } from './world.ts'

export interface EngineOptions {
  world: EngineWorld
  /** Told what is wrong with an answer of the server's own; answers are checked only where this is given. */
  onMisfit?(operation: string, problems: string[]): void
  /** Told of an error that is a bug; the client gets a 500. */
  onBug?(error: unknown): void
  /** Told of every answered request. */
  onRequest?(account: Account, entry: JournalEntry): void
  /** How long a request with a key of the user's own takes at least, so that concurrent use of the key is concurrent. */
  idempotencyWindowMs?: number
}

/** `next_page_url` of a v2 list names its page with a parameter that no type has. */
const pageTokens: ReadonlySet<string> = new Set(['page'])

/** Answers requests as Stripe's API does. */
export class Engine {
  private readonly options: EngineOptions
  private readonly world: EngineWorld
  private readonly texts = new RecordTexts()

  constructor(options: EngineOptions) {
    this.options = options
    this.world = options.world
  }

  /** Never throws or rejects: whatever comes in, an answer comes out; at once where nothing has to be waited for. */
  handle(request: HttpRequest): HttpAnswer | Promise<HttpAnswer> {
    const visit = createVisit(request)
    let outcome: Outcome | Promise<Outcome>
    try {
      outcome = this.respond(visit)
    } catch (error) {
      outcome = this.failure(visit, error)
    }
    if (!(outcome instanceof Promise)) return this.finish(visit, outcome)
    return outcome.catch((error) => this.failure(visit, error)).then((settled) => this.finish(visit, settled))
  }

  private finish(visit: Visit, outcome: Outcome): HttpAnswer {
    const { account, request } = visit
    if (account) this.record(account, journalEntry(visit, outcome, account.clock.now()), request.body?.length)
    const answer = renderAnswer(visit, outcome, (body) => this.textOf(visit, body))
    return visit.fault === 'perform-then-drop' ? { ...answer, isDropped: true } : answer
  }

  /** What is read again and again is made text once. */
  private textOf({ account, method }: Visit, body: unknown): string | Uint8Array {
    return account && method === 'GET' ? this.texts.of(account.store, body) : indented(body)
  }

  private record(account: Account, entry: JournalEntry, paramsSize: number | undefined): void {
    account.store.journal.add(entry, paramsSize)
    this.options.onRequest?.(account, entry)
  }

  private respond(visit: Visit): Outcome | Promise<Outcome> {
    const account = this.enter(visit)
    const fault = this.faultOf(visit, account)
    if (fault === undefined) return this.proceed(visit, account)
    return suffer(fault.effect, visit, fault.cleared).then(() => this.proceed(visit, account))
  }

  private proceed(visit: Visit, account: Account): Outcome | Promise<Outcome> {
    const route = this.route(visit)
    const key = visit.method === 'POST' ? header(visit.request, 'idempotency-key') : undefined
    if (key === undefined || key === '') return this.execute(visit, account, route, () => {})
    visit.key = key
    return this.once(visit, account, route, key)
  }

  /** What a test scripted for this request happens before anything else of it does; a 500 comes only when it is executed. */
  private faultOf(visit: Visit, account: Account): { effect: string; cleared: AbortSignal } | undefined {
    const { faults } = (account.platform && this.world.accounts.find(account.platform)) || account
    const effect = faults.take(visit.method, visit.path)
    if (effect === undefined) return undefined
    visit.fault = effect
    visit.notes.push(`the fault ${effect} was scripted for this request`)
    return { effect, cleared: faults.cleared }
  }

  /** Who asks, for which account, in which version. */
  private enter(visit: Visit): Account {
    const { request } = visit
    const credential = authenticate(header(request, 'authorization'))
    visit.credential = credential
    const own = actingAccount(this.world.accounts, credential, visit.method)
    visit.id = newId('request', own.random)
    visit.account = own
    const version = header(request, 'stripe-version')
    if (version !== undefined) visit.apiVersion = this.checkVersion(visit, version)
    authorize(credential, visit.method, visit.path)
    visit.account = this.connected(
      own,
      header(request, 'stripe-account') ?? header(request, 'stripe-context'),
      credential,
    )
    runDue(this.world, visit.account, '', secondsOf(visit.account))
    return visit.account
  }

  private checkVersion(visit: Visit, version: string): string {
    const known = this.world.registry.schema.catalogue.api
    if (!isApiVersion(version))
      throw new StripeError(400, {
        type: 'invalid_request_error',
        message: `Invalid Stripe API version: ${version.slice(0, 60)}`,
      })
    if (version !== known) visit.notes.push(`API version ${version} is answered in the shapes of ${known}`)
    return version
  }

  private connected(own: Account, id: string | undefined, credential: Credential): Account {
    if (id === undefined || id === '' || id === own.id) return own
    const isConnected = ['account', 'v2.core.account'].some((object) => own.store.table(object).get(id))
    if (isConnected) return this.world.accounts.open(id, own.id)
    throw new StripeError(403, {
      type: 'invalid_request_error',
      code: 'account_invalid',
      message:
        `The provided key '${credential.masked}' does not have access to account '${id.slice(0, 40)}' ` +
        '(or that account does not exist). Application access may have been revoked.',
    })
  }

  private route(visit: Visit): Route<Endpoint> {
    const route = this.world.registry.find(visit.method, visit.path)
    if (!route)
      throw new StripeError(404, {
        type: 'invalid_request_error',
        message:
          `Unrecognized request URL (${visit.method}: ${visit.path.slice(0, 200)}). If you are trying to list objects, remove the ` +
          'trailing slash. If you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier in your ' +
          'code. Please see https://stripe.com/docs or we can help at https://support.stripe.com/.',
      })
    visit.operation = route.value.name
    return route
  }

  /** Executes a request under an idempotency key at most once and answers it the same way ever after. */
  private async once(visit: Visit, account: Account, route: Route<Endpoint>, key: string): Promise<Outcome> {
    const records = account.store.idempotency
    const fingerprint = fingerprintOf(visit.method, visit.request.url, visit.request.body)
    const replay = findReplay(records, key, fingerprint, account.clock.now())
    if (replay?.answer) {
      visit.replayOf = replay.requestId
      return replay.answer
    }
    const record = records.begin(key, fingerprint, visit.id, account.clock.now())
    let isExecuting = false
    try {
      if (!key.startsWith('stripe-node-retry-')) await this.pause()
      const outcome = this.execute(visit, account, route, () => (isExecuting = true))
      records.settle(key, record, outcome)
      return outcome
    } catch (error) {
      if (!isExecuting) {
        records.forget(key)
        throw error
      }
      const outcome = this.failure(visit, error)
      records.settle(key, record, outcome)
      return outcome
    }
  }

  /** Other requests that are on their way come in meanwhile. */
  private pause(): Promise<void> {
    const { idempotencyWindowMs = 3 } = this.options
    return new Promise((resolve) =>
      idempotencyWindowMs > 0 ? setTimeout(resolve, idempotencyWindowMs) : setImmediate(resolve),
    )
  }

  /** `begin` is called once the parameters are found to be in order. */
  private execute(visit: Visit, account: Account, route: Route<Endpoint>, begin: () => void): Outcome {
    const { operation } = route.value
    const { request } = visit
    const body = visit.method === 'GET' ? undefined : request.body
    const contentType = header(request, 'content-type') ?? ''
    const { params: raw, isJson } = decodeParams({ query: visit.query, body, contentType, isV2: visit.isV2 })
    visit.params = raw
    const expand = visit.isV2 ? undefined : parseExpand(raw.expand)
    const params = operation ? this.check(raw, visit, operation.input, isJson) : { ...raw }
    delete params.expand
    begin()
    if (visit.fault === '500') throw serverError()
    const context = new RequestContext(this.world, account, this.requestView(visit), secondsOf(account))
    const run = this.run(visit, route, context, params)
    let value: unknown
    try {
      value = answer(run)
    } finally {
      context.finish()
    }
    if (operation && !operation.streaming) this.verify(run, value)
    if (expand && operation)
      value = expandAnswer(expandSource(this.world.registry, account), operation.output, value, expand)
    return { status: 200, body: value }
  }

  private check(raw: Json, visit: Visit, input: NonNullable<Endpoint['operation']>['input'], isJson: boolean): Json {
    for (const name in raw)
      if (input?.byName.get(name)?.code.isDeprecated) visit.notes.push(`the parameter ${name} is deprecated`)
    const alsoAccepted = visit.isV2 ? pageTokens : removedParams(input?.name, visit.apiVersion)
    return checkParams(renameOlder(input?.name, raw, visit.apiVersion), input, {
      schema: this.world.registry.schema,
      alsoAccepted,
      isJson,
    })
  }

  private run(visit: Visit, route: Route<Endpoint>, context: RequestContext, params: Json): Run {
    const { value: endpoint, path } = route
    return {
      registry: this.world.registry,
      context,
      endpoint,
      operation: endpoint.operation!,
      resource: endpoint.resource,
      params,
      path,
      url: visit.path,
      markGeneric: () => {
        visit.generic = true
      },
    }
  }

  private requestView(visit: Visit): RequestView {
    return {
      id: visit.id,
      idempotencyKey: visit.key ?? null,
      method: visit.method,
      path: visit.path,
      apiVersion: visit.apiVersion,
      key: visit.credential?.kind ?? 'none',
    }
  }

  private verify(run: Run, value: unknown): void {
    const { onMisfit } = this.options
    if (!onMisfit) return
    const isEvent = run.operation.type?.name.endsWith('Event') === true
    const isV2List = run.operation.isV2 && run.operation.kind === 'list'
    if (isEvent || run.operation.output.kind === 'void') return
    const problems = misfits(this.world.registry.schema, run.operation.output, value, isV2List ? 'list' : 'answer')
    if (problems.length > 0) onMisfit(run.operation.name, problems)
  }

  private failure(visit: Visit, error: unknown): Outcome {
    if (visit.id === '') visit.id = newId('request', this.world.accounts.open('acct_0').random)
    if (error instanceof StripeError) {
      const body = errorBody(error, visit.id, visit.isV2)
      return { status: error.status, body, ...(error.headers && { headers: error.headers }) }
    }
    this.options.onBug?.(error)
    visit.notes.push(`a bug in the sandbox: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    const message = 'An unexpected error in the sandbox; its journal has the details.'
    return { status: 500, body: errorBody(new StripeError(500, { type: 'api_error', message }), visit.id, visit.isV2) }
  }
}

const secondsOf = (account: Account): number => Math.floor(account.clock.now() / 1000)
