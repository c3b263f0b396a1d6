import type { ObserverName } from '../contract/observers.ts'

/** Whom a history is about: what the placeholders of the contract stand for. */
export interface Subject {
  user: string
  email: string
  /** PaymentIntent id (Stripe), capture id (PayPal) or subscription id. */
  payment: string
  /** Name of the tenant that it belongs to, where the contract has tenants. */
  tenant?: string
}

export interface AuditRecord {
  event?: string
  actor?: string
  id?: string
  at?: string
  hash?: string
  previous?: string
  before?: unknown
  after?: unknown
  /** The whole record as it was read. */
  raw: unknown
}

/** What the backend shows about one subject. A part is absent where the contract has no observer for it or it could not be read. */
export interface Observation {
  /** Listed grants that satisfy the contract's expression. */
  active?: number
  /** Listed grants, revoked ones included as far as the backend lists them. */
  total?: number
  payment?: PaymentObservation
  audit?: AuditRecord[]
  rejections?: AuditRecord[]
  mails?: unknown[]
  /** Observers that could not be read, and why. */
  trouble: { observer: ObserverName; reason: string }[]
}

export interface PaymentObservation {
  /** False where the backend does not know the payment. */
  found: boolean
  amount?: number
  currency?: string
  status?: string
  refunded?: number
}

/** One answer of the backend to an observer, for secret scans and reports. */
export interface Sighting {
  observer: ObserverName
  status?: number
  headers?: Record<string, string>
  body: string
}

export interface ObserveOptions {
  /** Which parts to read; all that the contract has by default. */
  parts?: readonly ObserverName[]
  signal?: AbortSignal
}

export interface SettleOptions extends ObserveOptions {
  /** What must become true; absent: only quiescence is waited for. */
  want?: (observation: Observation) => boolean
  /** Milliseconds for which the observation must stay the same once it is wanted; at least three readings 15 ms apart. Default 30. */
  holdMs?: number
  /** Default: the contract's `settle_ms`. */
  settleMs?: number
}

export interface Settled {
  observation: Observation
  /** Whether `want` held at the end, true without one. */
  reached: boolean
  /** Milliseconds until it held for the first time. */
  afterMs: number
  readings: number
}

export interface Observer {
  /** What the contract can observe. */
  readonly parts: readonly ObserverName[]
  observe(subject: Subject, options?: ObserveOptions): Promise<Observation>
  /**
   * Polls until the observation stays the same and, where something is wanted, is as wanted, or the time is over. Observations with
   * trouble are no readings.
   */
  settle(subject: Subject, options?: SettleOptions): Promise<Settled>
  /** What one of these observers lists, for what its placeholders stand for. */
  listed(name: 'products' | 'batches', fillings?: Record<string, string>): Promise<unknown[]>
  /** The answer of `observe.sync_status`. */
  syncStatus(): Promise<unknown>
  /** Reads `observe.status` and returns what it answered. */
  status(): Promise<Sighting | undefined>
  /** What was read since the last call, newest last, repetitions left out, at most 1000 answers and 32 MB. */
  sightings(): Sighting[]
  close(): Promise<void>
}
