import type { Contract } from '../contract/schema.ts'
import type { BodyForm } from '../deliver/body.ts'
import type { Signing } from '../deliver/signing.ts'
import type { Double } from '../double/types.ts'
import type { Fault, History, SubjectSpec } from '../history/define.ts'
import type { TimelineEntry } from '../history/timeline.ts'
import type { EventLabel } from '../model/labels.ts'
import type { Ids } from '../model/terms.ts'
import type { Want } from '../model/want.ts'
import type { Nemesis } from '../nemesis/types.ts'
import type { Observation, Observer, Settled, Subject } from '../observe/types.ts'
import type { EnvironmentChanges, Supplies, Target } from '../target/types.ts'
import type { Outcome } from '../verdict.ts'
import type { PlayOptions } from './play.ts'

/** Somebody who bought something, with a fresh user, e-mail and ids. `user`, `email`, `payment` fill the contract's placeholders. */
export interface Buyer extends Subject {
  /** `p1`; what timelines and reports say in place of ids. */
  readonly name: string
  readonly spec: SubjectSpec
  readonly ids: Ids
  /** What one purchase of it gives and costs by the contract. */
  readonly price: { packSize: number; amount: number; currency: string }
  /** What is required once every event that was delivered so far has been worked through. */
  want(): Want
}

/** One attempt: `ok` 2xx, `fail` another answer below 500, `info` 5xx, timeout or a broken connection: it may have happened. */
export interface Attempt {
  outcome: 'ok' | 'fail' | 'info'
  status: number | undefined
  /** Why there is no status. */
  trouble?: 'timeout' | 'reset' | 'refused' | 'malformed'
  headers: Record<string, string>
  /** At most 64 KB of it. */
  body: string
  tookMs: number
}

export interface Delivery {
  /** The last one decides whether it was acknowledged. */
  attempts: Attempt[]
  acknowledged: boolean
  last: Attempt
}

export interface DeliverOptions {
  copy?: number
  /** To this replica of the target, counted from 1; absent: to the target itself. */
  replica?: number
  /** With `transport: lambda-proxy`: the body comes in base64. */
  base64?: boolean
  /** 1 for a single attempt; absent: until 2xx, as the provider does. */
  attempts?: number
  signing?: Signing
  body?: BodyForm
  fault?: Fault
  killAfterMs?: number
  killDuringMs?: number
  /** Changes the event after it was made and before it is written and signed. Histories with it cannot be replayed as data. */
  change?(event: Record<string, unknown>): unknown
  /** Sent byte for byte in place of the event; signed like any other. */
  raw?: string | Uint8Array
  /** Signed with these in place of the supplied secrets. */
  secrets?: readonly string[]
  /** Headers besides the provider's; null removes one. */
  headers?: Record<string, string | null>
  /** In place of the declared webhook path. */
  path?: string
  method?: string
  /** Bytes are sent in chunks instead of with a Content-Length. */
  chunked?: boolean
  /** No answer within so many milliseconds is a timeout; default 15,000. */
  timeoutMs?: number
}

export interface BurstOptions {
  /** Default true. */
  retry?: boolean
  /** Kill -9 so many milliseconds after the last of them was answered, then start again. */
  killAfterMs?: number
  /** Kill -9 so many milliseconds after the last bytes were sent, then start again. */
  killDuringMs?: number
}

export interface PlainRequest {
  method: string
  path: string
  headers?: Record<string, string>
  /** Sent as JSON unless it is a string. */
  body?: unknown
  timeoutMs?: number
}

/** What a probe has in its hands. Everything that is done through it is kept for the timeline. */
export interface Rig {
  readonly contract: Contract
  readonly supplies: Supplies
  readonly double: Double
  readonly observer: Observer
  readonly nemesis: Nemesis
  readonly target: Target
  /** Smaller sizes, fewer rounds. */
  readonly smoke: boolean
  /** For exploring, where the user gave more time than usual; milliseconds. */
  readonly budgetMs: number | undefined
  readonly signal: AbortSignal
  /** The same numbers under the same seed, of this probe alone; in [0, 1). */
  random(): number
  /** Milliseconds after the acknowledgement at which effects were seen in the controls, at least 20. */
  readonly lagMs: number

  /** The declared providers whose plain capture works: `['stripe', 'paypal']`. */
  readonly providers: readonly ('stripe' | 'paypal')[]
  /** Whether a plain subscription works; where it does not, nothing is judged about subscriptions. */
  readonly subscriptions: boolean
  /** A fresh purchase; of Stripe where that is declared, else of PayPal. Nothing is sent yet. */
  payment(spec?: Partial<SubjectSpec>): Buyer
  subscription(spec?: Partial<SubjectSpec>): Buyer
  /**
   * Somebody whose purchase has had its effect, and how many others bought `since` in the life of this process; undefined where that was
   * in another life. To be asked for before anybody else buys through this rig.
   */
  first(): { buyer: Buyer; since: number } | undefined

  /** Delivers an event as the provider does, after the double's objects were brought up to date with the facts so far. */
  deliver(buyer: Buyer, event: EventLabel, options?: DeliverOptions): Promise<Delivery>
  /** All at once, last bytes together; then each that was not answered 2xx is retried unless `retry` is false. */
  burst(
    events: readonly { buyer: Buyer; event: EventLabel; copy?: number; replica?: number }[],
    options?: BurstOptions,
  ): Promise<Delivery[]>
  /** A request of the target's own API, such as a checkout or a health check. Never throws for what the target answers. */
  request(request: PlainRequest): Promise<Attempt>
  /** Several requests, last bytes together. */
  requests(requests: readonly PlainRequest[]): Promise<Attempt[]>
  /** Creates by the contract's `facts.purchase.request` (or `kind`): placeholders filled, `changes` merged over the body. */
  checkout(
    buyer: Buyer,
    options?: {
      kind?: 'purchase' | 'subscription' | 'notify' | 'spend'
      changes?: Record<string, unknown>
      headers?: Record<string, string>
      idempotencyKey?: string
    },
  ): Promise<Attempt>
  /** The same as a value, to send several at once with `requests`. */
  checkoutRequest(
    buyer: Buyer,
    options?: {
      kind?: 'purchase' | 'subscription' | 'notify' | 'spend'
      changes?: Record<string, unknown>
      headers?: Record<string, string>
      idempotencyKey?: string
    },
  ): PlainRequest

  observe(buyer: Buyer): Promise<Observation>
  /**
   * Polls until the observation is as wanted (by default `buyer.want()`) and stays so, or settle_ms is over. Where it already was as
   * wanted, it is looked at again at the end of the run: effects that come late are still found.
   */
  settle(buyer: Buyer, want?: Want): Promise<Settled>
  /** The same for several at once. */
  settleAll(buyers: readonly Buyer[]): Promise<Settled[]>
  /** Says what is wrong with an observation, in words without ids; empty when it is as wanted. */
  differences(buyer: Buyer, observation: Observation, want?: Want): string[]
  /** The same in the form that histories are judged by. */
  failuresOf(buyer: Buyer, observation: Observation): Omit<Failure, 'subject'>[]
  /** Delivers nothing: settles and tells RED with the harm, or undefined when all is as wanted. */
  judge(buyer: Buyer, reason: string, want?: Want): Promise<Outcome | undefined>

  /** Kill -9 and start again with the same environment. */
  kill(): Promise<void>
  /**
   * Runs with the target started in another environment, then starts it again as it was. `ready` tells whether it got ready; deliveries are
   * signed `aheadSeconds` later than now, where the environment puts the target's clock ahead.
   */
  withEnvironment<Result>(
    changes: EnvironmentChanges,
    options: { expectReady: boolean; aheadSeconds?: number },
    work: (started: { ready: boolean; running: boolean }) => Promise<Result>,
  ): Promise<Result>

  /** Plays a history from its beginning with fresh ids, settles and judges every subject by the model. */
  play(history: History, options?: PlayOptions & { settleMs?: number }): Promise<Played>
  /** Another rig of the same probe with a clean timeline: for variants that have nothing to do with each other. */
  fork(): Rig
  /** What was done so far, oldest first, for timelines. */
  readonly timeline: readonly TimelineEntry[]
  /** Adds a line of its own; for what a history cannot say, `isPlayable` is false. */
  note(text: string, options?: { isPlayable?: boolean }): void
}

/** How a history ended. */
export interface Played {
  /** Empty when every subject ended as wanted. */
  failures: Failure[]
  timeline: TimelineEntry[]
  /** True where something could not be looked at: then nothing is judged. */
  undecided?: string
}

export interface Failure {
  subject: string
  /** What shrinking must keep: `too-many`, `too-few`, `refund`, `mail`, `unacknowledged` … */
  kind: string
  want: string
  got: string
  harm: string
}
