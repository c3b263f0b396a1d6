import type { PayPalKind, PayPalSigning, PayPalTransmission } from '../../paypal/types.ts'

/** One request that the backend made to a provider, and what it was answered. */
export interface ProviderCall {
  provider: 'stripe' | 'paypal' | 'foreign'
  /** Counts up over all providers of one double. */
  sequence: number
  /** Epoch milliseconds at which it came in. */
  at: number
  method: string
  /** Without the query. */
  path: string
  query: string
  /** Form or JSON body as a nested value; undefined without a body, the text where it is neither. */
  params: unknown
  /** The body as it came in, at most 64 KB of it. */
  body: string
  /** Header names in lower case. */
  headers: Readonly<Record<string, string>>
  /** `Idempotency-Key` or `PayPal-Request-Id`. */
  idempotencyKey?: string
  /** True where the answer is an earlier one, stored under the key. */
  replayed?: true
  /** What was scripted for it. */
  fault?: FaultEffect
  /** Absent while it hangs, and where the connection was cut. */
  status?: number
  /** What went back, or would have gone back had the connection not been cut; absent while it hangs. */
  answer?: unknown
}

/**
 * What can happen to a call.
 * `401` names the key in full, as providers have done; `402` declines a card; `429` carries `Retry-After: 1`; `500` is stored under
 * the idempotency key, `503` is not; `drop` cuts the connection before anything is done, `perform-then-drop` after it was done;
 * `hang` does nothing until the fault is disarmed, then cuts the connection; `slow:<ms>` answers late.
 */
export type FaultEffect =
  | '401'
  | '402'
  | '409'
  | '429'
  | '500'
  | '503'
  | 'drop'
  | 'perform-then-drop'
  | 'hang'
  | `slow:${number}`

export interface FaultScript {
  /** Method and path: `POST /v1/refunds`; `{id}` stands for one segment, `*` for anything, also as the method. */
  on: string
  /** The first matching call it happens to, counted from the moment it is added; 1 when absent. */
  nth?: number
  /** How many matching calls in a row; 1 when absent, but 6 for a 429. */
  times?: number | 'always'
  /** Only calls that name this text in path, query or body; so that histories side by side do not suffer for each other. */
  about?: string
  then: FaultEffect
}

/** An armed fault; `met` tells how often it happened. */
export interface ArmedFault {
  readonly script: FaultScript
  readonly met: number
  disarm(): void
}

export interface CallFilter {
  method?: string
  /** With `{id}` and `*` as in a fault script. */
  path?: string
  /** Only calls after this sequence number. */
  after?: number
  /** Only calls that name this text somewhere in path, query or body: an id of a history, a user. */
  about?: string
}

/** What both providers offer besides their API. */
export interface ProviderDouble {
  /** Scheme, host and port, as `api_base_env` carries it. Stays the same while the double lives. */
  readonly url: string
  readonly port: number
  calls(filter?: CallFilter): ProviderCall[]
  arm(script: FaultScript): ArmedFault
  /** Disarms everything; what hangs is answered. */
  clearFaults(): void
  /** Forgets every idempotency key, and identifiers of usage, as providers do after a while. */
  forget(): void
}

/** An object of Stripe's API as an event carries it. */
export interface StripeObject {
  readonly id: string
  readonly object: string
  readonly [field: string]: unknown
}

export interface StripeDouble extends ProviderDouble {
  /** The key that belongs to this double; any other test key reaches the same account. */
  readonly apiKey: string
  /** Sets the current state of objects, events included: `GET /v1/…/<id>`, lists and refunds go by it from now on. */
  put(...objects: StripeObject[]): void
  /** The current state, changes by the backend's own calls included. */
  get(object: string, id: string): StripeObject | undefined
  /** Of one kind (`checkout.session`, `refund`, `customer`), oldest first: what was put and what the backend made. */
  list(object: string): StripeObject[]
  remove(object: string, id: string): void
  /** What a meter counts of a customer, in the order of their timestamps. */
  usage(meter: string, customer: string): readonly CountedUsage[]
}

export interface CountedUsage {
  identifier: string
  /** Epoch seconds. */
  timestamp: number
  /** Decimal text. */
  value: string
}

export type { PayPalKind, PayPalSigning, PayPalTransmission } from '../../paypal/types.ts'

export interface PayPalDouble extends ProviderDouble {
  readonly clientId: string
  readonly clientSecret: string
  /** The id that goes into every signature. */
  readonly webhookId: string
  /** `<url>/v1/notifications/certs/CERT-…` */
  readonly certUrl: string
  /** Signs a body with RSA over `id|time|webhookId|crc32` and remembers the transmission as one the gate made. */
  sign(body: string | Uint8Array, options?: PayPalSigning): PayPalTransmission
  /** What `verify-webhook-signature` says whatever it is asked; null for the truth, which is the default. */
  answerVerification(verdict: 'SUCCESS' | 'FAILURE' | null): void
  put(kind: PayPalKind, resource: { readonly id: string; readonly [field: string]: unknown }): void
  get(kind: PayPalKind, id: string): { readonly id: string; readonly [field: string]: unknown } | undefined
  list(kind: PayPalKind): { readonly id: string; readonly [field: string]: unknown }[]
}

/** A server that is nobody's provider: who asks it for anything was talked into it. */
export interface ForeignListener {
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  readonly port: number
  /** Where the certificate of the foreign key is. */
  readonly certUrl: string
  hits(): ProviderCall[]
}

export interface DoubleOptions {
  /** 0 or absent for free ones. They stay the same while the double lives, also when the target restarts. */
  ports?: { stripe?: number; paypal?: number }
  /** Ids repeat under the same seed. */
  seed?: string | number
  /** Supplied where the contract's environment has one already. */
  apiKey?: string
  webhookId?: string
  /** What an unknown price costs that the backend names: prices of its own catalogue are not in the double's. */
  price?: { amount: number; currency: string }
}

/** The providers as the backend sees them. Its state is what was put and what the backend did; nothing else changes it. */
export interface Double {
  stripe: StripeDouble
  paypal: PayPalDouble
  foreign: ForeignListener
  /** Calls to all providers in the order they came. */
  calls(filter?: CallFilter): ProviderCall[]
  /** Sequence number of the newest call, to ask later for what came after it. */
  mark(): number
  close(): Promise<void>
}
