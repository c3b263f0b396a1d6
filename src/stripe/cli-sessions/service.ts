import { createHash, randomUUID } from 'node:crypto'
import type { JournalEntry } from '../../store/journal.ts'
import type { Account } from '../accounts.ts'
import { StripeError } from '../error.ts'
import { type HttpAnswer, type HttpRequest, header, jsonAnswer } from '../http.ts'
import { authenticate } from '../protocol/auth.ts'
import { decodeParams } from '../protocol/body.ts'
import { defaultApiVersion } from '../protocol/versions.ts'
import type { StripeEvent } from '../world.ts'
import { type LogFilters, parseFilters, passes } from './log-filters.ts'
import { eventMessage, type Feature, type ForwardedAnswer, logMessage, parseAnswer } from './messages.ts'

export interface Session {
  id: string
  account: string
  features: ReadonlySet<Feature>
  filters: LogFilters
  secret: string
  /** Puts a text on the websocket; absent until the tool has connected. */
  send?: (text: string) => void
}

export interface CliSessionsOptions {
  clock: { now(): number }
  /** The newest API version, for `listen --latest`. */
  latestVersion(): string
}

/** The sessions of the official command line tool's `listen` and `logs tail`. */
export interface CliSessions {
  /** Answers `POST /v1/stripecli/sessions`; undefined for other requests. */
  answer(request: HttpRequest): HttpAnswer | undefined
  find(id: string): Session | undefined
  /** Takes a message that came over the websocket of a session. */
  receive(session: Session, text: string): void
  /** Sends an event to every `listen` of its account, or of the platform of its account; returns to how many. */
  onEvent(account: Account, event: StripeEvent): number
  /** Sends a stored event again to every `listen`; false when none is there. */
  resend(account: Account, event: string): boolean
  /** Sends a request to every `logs tail`. */
  onRequest(account: Account, entry: JournalEntry): void
  /** What forwarded-to URLs answered, oldest first; the last thousand of an account. */
  answers(account: string): readonly ForwardedAnswer[]
}

const path = '/v1/stripecli/sessions'
const knownFeatures: readonly Feature[] = ['webhooks', 'v2_events', 'request_logs']
const mostSessions = 200
const mostAnswers = 1000
/** After how many seconds the tool opens a fresh websocket; Stripe's own value is of this size. */
const reconnectDelay = 3600

export function createCliSessions({ clock, latestVersion }: CliSessionsOptions): CliSessions {
  const sessions = new Map<string, Session>()
  const received = new Map<string, ForwardedAnswer[]>()
  let serial = 0

  function listenersOf(account: Account, feature: Feature): Session[] {
    if (sessions.size === 0) return []
    return [...sessions.values()].filter(
      (session) =>
        session.send &&
        session.features.has(feature) &&
        (session.account === account.id || session.account === account.platform),
    )
  }

  function open(request: HttpRequest): HttpAnswer {
    const { account } = authenticate(header(request, 'authorization'))
    const contentType = header(request, 'content-type') ?? ''
    const { params } = decodeParams({ query: '', body: request.body, contentType, isV2: false })
    const session: Session = {
      id: randomUUID(),
      account,
      features: new Set(featuresOf(params.websocket_features)),
      filters: parseFilters(params.filters),
      secret: secretOf(account),
    }
    sessions.set(session.id, session)
    const oldest = [...sessions.values()].find(({ send }) => !send)
    if (sessions.size > mostSessions && oldest) sessions.delete(oldest.id)
    return jsonAnswer(200, {
      object: 'stripecli.session',
      default_version: defaultApiVersion,
      display_connect_filter_warning: false,
      latest_version: latestVersion(),
      reconnect_delay: reconnectDelay,
      secret: session.secret,
      websocket_authorized_feature: [...session.features][0],
      websocket_id: session.id,
      websocket_url: websocketUrl(request),
    })
  }

  function answer(request: HttpRequest): HttpAnswer | undefined {
    if (request.method !== 'POST' || !request.url.startsWith(path) || request.url.split('?')[0] !== path)
      return undefined
    try {
      return open(request)
    } catch (error) {
      if (!(error instanceof StripeError)) throw error
      return jsonAnswer(error.status, { error: error.fields })
    }
  }

  function onEvent(account: Account, event: StripeEvent): number {
    const isThin = event.object !== 'event'
    const listeners = listenersOf(account, isThin ? 'v2_events' : 'webhooks')
    if (listeners.length === 0) return 0
    const now = Math.floor(clock.now() / 1000)
    for (const { secret, send } of listeners) {
      // Which version the tool was started for is known to nobody but itself: it gets both and drops one.
      for (const apiVersion of isThin ? [null] : [null, latestVersion()])
        send?.(eventMessage(event, { conversation: `wc_${++serial}`, secret, now, apiVersion }))
    }
    return listeners.length
  }

  return {
    answer,
    find: (id) => sessions.get(id),
    receive(session, text) {
      const answered = parseAnswer(text)
      if (!answered) return
      const list = received.get(session.account) ?? []
      list.push(answered)
      if (list.length > mostAnswers) list.shift()
      received.set(session.account, list)
    },
    onEvent,
    resend(account, id) {
      const event = account.store.table('event').get(id) as StripeEvent | undefined
      return event !== undefined && onEvent(account, event) > 0
    },
    onRequest(account, entry) {
      for (const session of listenersOf(account, 'request_logs')) {
        const source = session.account === account.id ? 'self' : 'connect_out'
        if (passes(entry, source, session.filters)) session.send?.(logMessage(entry))
      }
    },
    answers: (account) => received.get(account) ?? [],
  }
}

function featuresOf(given: unknown): Feature[] {
  const wanted = Array.isArray(given) ? given : [given]
  const features = knownFeatures.filter((feature) => wanted.includes(feature))
  return features.length > 0 ? features : ['webhooks']
}

/** The same for an account for ever, as Stripe's is, so that it can stand in an application's configuration. */
const secretOf = (account: string): string =>
  `whsec_${createHash('sha256').update(`command line tool of ${account}`).digest('hex')}`

/** On the address that the tool has just reached. */
function websocketUrl(request: HttpRequest): string {
  const host = header(request, 'host') ?? ''
  const authority = /^[\w.:[\]-]{1,255}$/.test(host) ? host : '127.0.0.1'
  return `ws://${authority}/v1/stripecli/websocket`
}
