import type Stripe from 'stripe'
import { GatekitError } from '../kernel/errors.ts'
import { exitCodes } from '../kernel/exit.ts'
import { authenticate } from '../stripe/protocol/auth.ts'
import type { StripeServer } from '../stripe/server.ts'

/** A fault by rule: the `nth` matching request (1 when absent), `times` in a row. See docs/stripe-sandbox.md for what can happen. */
export interface Fault {
  /** `POST /v1/refunds/{id}`, `* /v1/customers*` */
  on: string
  nth?: number
  times?: number | 'always'
  /** `429`, `lock_timeout`, `500`, `401`, `409`, `hang`, `drop`, `perform-then-drop`, `slow:250` (milliseconds). */
  then: string | number
}

export interface WebhookRules {
  /** Keeps events back until `release`: all, or those of these types. */
  hold?: boolean | string[]
  /** How often each event is sent. */
  duplicate?: number
  /** On the account's clock, `30s`; `0` for none. */
  delay?: string
}

export interface EventWish {
  /** `charge.refunded`, `charge.*` */
  type?: string
  /** Id of the object that the event is about. */
  object?: string
  /** What fields of that object must be, by dotted path. */
  where?: Record<string, string | number | boolean | null>
  count?: number
  /** How long to wait in real time, `5s` when absent. */
  within?: string
}

/** One attempt to deliver an event. */
export interface Delivery {
  event: string
  type: string
  endpoint: string
  url: string
  attempt: number
  /** Epoch milliseconds on the account's clock. */
  at: number
  delivered: boolean
  status?: number
  error?: string
  /** What was sent, and the beginning of what came back. */
  body: string
  response?: string
}

/** An account that nobody else sees, and everything a test may do to it. */
export interface SandboxAccount {
  /** `acct_…` */
  readonly id: string
  /** Its secret key. */
  readonly key: string
  /** What the official client wants: `new Stripe(account.key, account.stripe())`. */
  stripe(): { host: string; port: number; protocol: 'http' }
  /** Turns its clock by `2h`, `45d` …; resolves when everything that became due has happened and its webhooks have been sent. */
  advance(duration: string): Promise<void>
  /** Stops its clock, at a date if one is given. */
  freeze(at?: Date): Promise<void>
  /** Epoch milliseconds on its clock. */
  now(): number
  readonly faults: {
    add(...faults: Fault[]): Promise<void>
    /** Each with how many requests it was about and how many it happened to. */
    list(): (Fault & { seen: number; met: number })[]
    /** Lets go what hangs. */
    clear(): Promise<void>
  }
  readonly webhooks: {
    set(rules: WebhookRules): Promise<void>
    /** Sends what is held, in that order or by ids; returns the ids of the events. */
    release(order?: 'created' | 'reversed' | string[]): Promise<string[]>
    /** Replaces an endpoint's signing secret and returns the new one; the old one signs beside it for that long, `24h` when absent. */
    roll(endpoint: string, expires?: string): Promise<string>
    /** Oldest first. */
    deliveries(): readonly Delivery[]
    /** Resolves when nothing is on its way. */
    idle(): Promise<void>
  }
  /** Oldest first; of one type if one is given. */
  events(type?: string): Stripe.Event[]
  /** The event, or the first of several, as soon as it exists; rejects, telling what nearly matched, when it does not come. */
  waitFor(wish: EventWish | string): Promise<Stripe.Event>
  /** Throws unless the counts are right: `{ events: { 'charge.refunded': 1 }, generic: 0 }`. */
  assert(counts: object): Promise<void>
  /** Fills it by a shipped seed (`shop`) or by steps of one's own; the ids by the steps' names. */
  seed(seed: string | object): Promise<Record<string, string | null>>
  /** Its whole state as a JSON document, and back. */
  snapshot(): Promise<object>
  restore(snapshot: object): Promise<void>
  /** Forgets everything in it. */
  reset(): Promise<void>
}

/** What a test does goes through the control API, so that the library and the API can never differ. */
export function openAccount(server: StripeServer, key: string): SandboxAccount {
  const { account: id } = authenticate(`Bearer ${key}`)
  const account = () => server.accounts.open(id)

  async function control<T = void>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await server.handle({
      method,
      url: `/_gatekit/${path}`,
      headers: { authorization: `Bearer ${key}` },
      ...(body !== undefined && { body: Buffer.from(JSON.stringify(body)) }),
    })
    const value = JSON.parse(Buffer.from(answer.body).toString('utf8'))
    if (answer.status !== 200) throw refused(value.error)
    return value
  }

  return {
    id,
    key,
    stripe: () => ({ host: '127.0.0.1', port: server.port, protocol: 'http' }),
    async advance(duration) {
      await control('POST', 'clock', { advance: duration })
      await server.webhooks.idle()
    },
    async freeze(at) {
      if (at) await control('POST', 'clock', { set: at.toISOString() })
      await control('POST', 'clock', { freeze: true })
    },
    now: () => account().clock.now(),
    faults: {
      add: (...faults) => control('POST', 'faults', faults),
      list: () =>
        account()
          .faults.list()
          .map(({ times, ...rule }) => ({ ...rule, times: times ?? 'always' })),
      clear: () => control('DELETE', 'faults'),
    },
    webhooks: {
      set: (rules) => control('POST', 'webhooks', rules),
      release: async (order = 'created') =>
        (await control<{ released: string[] }>('POST', 'webhooks/release', { order })).released,
      roll: async (endpoint, expires = '24h') =>
        (await control<{ secret: string }>('POST', 'webhooks/roll', { endpoint, expires })).secret,
      deliveries: () => server.webhooks.attempts(id),
      idle: () => server.webhooks.idle(),
    },
    events(type) {
      const all = [...account().store.table('event').inOrder()] as unknown as Stripe.Event[]
      return type === undefined ? all : all.filter((event) => event.type === type)
    },
    async waitFor(wish) {
      const { where = {}, count, ...rest } = typeof wish === 'string' ? { type: wish } : wish
      const fields = Object.entries(where).map(([path, value]) => [path, String(value)])
      const query = new URLSearchParams([
        ...(Object.entries(rest) as [string, string][]),
        ...(fields as [string, string][]),
        ...(count === undefined ? [] : [['count', String(count)] as [string, string]]),
      ])
      const { data } = await control<{ data: Stripe.Event[] }>('GET', `events/wait?${query}`)
      return data[0] as Stripe.Event
    },
    assert: (counts) => control('POST', 'assert', counts),
    async seed(seed) {
      const isName = typeof seed === 'string'
      const path = isName ? `seed?name=${encodeURIComponent(seed)}` : 'seed'
      return (await control<{ seeded: Record<string, string | null> }>('POST', path, isName ? undefined : seed)).seeded
    },
    snapshot: () => control('POST', 'snapshot'),
    restore: (snapshot) => control('POST', 'restore', snapshot),
    reset: () => control('POST', 'reset'),
  }
}

function refused({ message, ...details }: { message: string }): GatekitError {
  const { nearMisses = [], hint } = details as { nearMisses?: { type: string; because: string }[]; hint?: string }
  const near = nearMisses.map(({ type, because }) => `${type}: ${because}`)
  const remedy = [...(hint === undefined ? [] : [hint]), ...near].join('; ')
  return new GatekitError({ title: message, ...(remedy !== '' && { remedy }) }, exitCodes.undecided)
}
