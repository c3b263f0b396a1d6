import type { Clock } from '../../kernel/clock.ts'
import { signPayload } from '../../kernel/webhook-signature.ts'
import type { PendingDelivery } from '../../store/account.ts'
import { refusedAddress } from './address.ts'
import { createDeliveryLog, type DeliveryAttempt } from './log.ts'
import type { Delivered, Send } from './send.ts'
import { isThin, thinPayload } from './thin.ts'
import { Traffic } from './traffic.ts'

/** What delivery has to know of an endpoint. `secrets` has two entries while one is being rolled. */
export interface Endpoint {
  id: string
  url: string
  secrets: readonly string[]
  enabled_events: readonly string[]
  status: string
  /** Takes thin events; others take snapshots. */
  isThin?: boolean
}

export interface DeliverableEvent {
  id: string
  type: string
}

/** Calls `run` once after that time on the clock of the account, and returns what takes it back. */
export type After = (account: string, delayMs: number, run: () => void) => () => void

export interface DelivererOptions {
  /** Of the signatures, which receivers compare with their own clocks. */
  clock: Clock
  /** The clock of an account, epoch milliseconds; that of the signatures when absent. */
  now?(account: string): number
  send: Send
  after: After
  /** The endpoints of an account as they are now: an endpoint that was disabled or deleted gets no further attempt. */
  endpoints(account: string): readonly Endpoint[]
  /** How many endpoints have not taken the event yet, whenever that changes: the event's `pending_webhooks`. */
  onPending?(account: string, event: string, count: number): void
  /** Where it is written what still has to go to whom. */
  pendingOf?(account: string): Map<string, PendingDelivery> | undefined
  allowedHosts?: ReadonlySet<string>
  /** Delays before the second, third … attempt. Stripe retries three times over a few hours outside live mode. */
  retryDelaysMs?: readonly number[]
}

export interface Deliverer {
  /**
   * Sends an event to every endpoint that wants it, in the order of the calls per endpoint, and returns how many that are. One endpoint
   * never waits for another.
   */
  deliver(account: string, event: DeliverableEvent): number
  /** Sends an event to one endpoint once more, whatever it is subscribed to, as a resend does. */
  resend(account: string, event: DeliverableEvent, endpoint: Endpoint): void
  /** Goes on with what was on its way when another process ended. */
  resume(account: string, event: DeliverableEvent, delivery: PendingDelivery): void
  /** How events travel: held back, sent twice, late. */
  traffic: Traffic
  /** Newest last. */
  attempts(account: string): readonly DeliveryAttempt[]
  /** Resolves when nothing is on its way or queued; attempts that wait for their time do not count. */
  idle(): Promise<void>
  /** Drops what an account still has waiting and its log: after a reset. */
  forget(account: string): void
  close(): Promise<void>
}

interface Job {
  account: string
  event: DeliverableEvent
  endpointId: string
  attempt: number
  /** A resend, which an endpoint gets whatever it is subscribed to. */
  endpoint?: Endpoint
}

const defaultRetryDelaysMs = [5_000, 5 * 60_000, 2 * 3_600_000] as const

const headersOf = (signature: string): Record<string, string> => ({
  'content-type': 'application/json; charset=utf-8',
  'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
  accept: '*/*; q=0.5, application/xml',
  'cache-control': 'no-cache',
  'stripe-signature': signature,
})

/** An endpoint takes an event when it is enabled and lists its type or `*`. */
export const wants = (endpoint: Endpoint, type: string): boolean =>
  endpoint.status === 'enabled' &&
  (endpoint.isThin ?? false) === isThin(type) &&
  (endpoint.enabled_events.includes('*') || endpoint.enabled_events.includes(type))

/** Delivers events to webhook endpoints: fresh signature per attempt, retries on the account's clock, a log of every attempt. */
export function createDeliverer(options: DelivererOptions): Deliverer {
  const { clock, send, after, endpoints, onPending, pendingOf, allowedHosts } = options
  const { now = () => clock.now(), retryDelaysMs = defaultRetryDelaysMs } = options
  const traffic = new Traffic()
  const log = createDeliveryLog()
  const lines = new Map<string, Promise<void>>()
  const waiting = new Map<string, { account: string; cancel: () => void }>()
  const pending = new Map<string, Set<string>>()
  let serial = 0
  let closed = false

  const keyOf = (account: string, event: string) => `${account} ${event}`

  function deliver(account: string, event: DeliverableEvent): number {
    const takers = endpoints(account).filter((endpoint) => wants(endpoint, event.type))
    if (takers.length === 0) return 0
    pending.set(keyOf(account, event.id), new Set(takers.map(({ id }) => id)))
    const jobs = takers.map(({ id }): Job => ({ account, event, endpointId: id, attempt: 1 }))
    for (const job of jobs) remember(job, now(account))
    traffic.pass(account, event.id, event.type, () => launch(jobs))
    return takers.length
  }

  /** First attempts, as often and as late as the account's rules say. */
  function launch(jobs: readonly Job[]): void {
    for (const job of jobs) {
      const { copies, delayMs } = traffic.rulesOf(job.account)
      for (let copy = 0; copy < copies; copy++) {
        if (delayMs === 0) enqueue(job)
        else later(job, delayMs)
      }
    }
  }

  function later(job: Job, delayMs: number): void {
    const key = String(serial++)
    const cancel = after(job.account, delayMs, () => {
      waiting.delete(key)
      enqueue(job)
    })
    waiting.set(key, { account: job.account, cancel })
    remember(job, now(job.account) + delayMs)
  }

  function remember({ account, event, endpointId: endpoint, attempt }: Job, at: number): void {
    pendingOf?.(account)?.set(`${event.id} ${endpoint}`, { event: event.id, endpoint, attempt, at })
  }

  function resume(account: string, event: DeliverableEvent, { endpoint, attempt, at }: PendingDelivery): void {
    const key = keyOf(account, event.id)
    pending.set(key, (pending.get(key) ?? new Set()).add(endpoint))
    const job: Job = { account, event, endpointId: endpoint, attempt }
    if (at > now(account)) later(job, at - now(account))
    else enqueue(job)
  }

  function enqueue(job: Job): void {
    if (closed) return
    const line = `${job.account} ${job.endpointId}`
    const tail = (lines.get(line) ?? Promise.resolve()).then(() => attempt(job))
    lines.set(line, tail)
    void tail.then(() => lines.get(line) === tail && lines.delete(line))
  }

  async function attempt(job: Job): Promise<void> {
    if (closed) return
    const { account, event, endpointId } = job
    const endpoint = job.endpoint ?? endpoints(account).find(({ id }) => id === endpointId)
    if (!endpoint || (!job.endpoint && endpoint.status !== 'enabled')) return settle(account, event.id, endpointId)

    const [at, startedAt] = [now(account), performance.now()]
    const body = bodyOf(account, event)
    const result = await post(endpoint, body)
    if (closed) return
    const delivered = result.status !== undefined && result.status >= 200 && result.status < 300
    log.add({
      account,
      event: event.id,
      type: event.type,
      endpoint: endpointId,
      url: endpoint.url,
      attempt: job.attempt,
      at,
      durationMs: Math.round(performance.now() - startedAt),
      delivered,
      body,
      ...result,
    })
    if (delivered) return settle(account, event.id, endpointId)
    retry(job)
  }

  function bodyOf(account: string, event: DeliverableEvent): string {
    if (isThin(event.type)) return JSON.stringify(thinPayload(event), null, 2)
    const count = pending.get(keyOf(account, event.id))?.size ?? 0
    return JSON.stringify({ ...event, pending_webhooks: count }, null, 2)
  }

  async function post(endpoint: Endpoint, body: string): Promise<Delivered & { signature?: string }> {
    const refused = refusedAddress(endpoint.url, allowedHosts)
    if (refused !== undefined) return { error: refused }
    const signature = signPayload(body, endpoint.secrets, Math.floor(clock.now() / 1000))
    return { signature, ...(await send(endpoint.url, headersOf(signature), body)) }
  }

  function retry(job: Job): void {
    const delay = retryDelaysMs[job.attempt - 1]
    if (job.endpoint) return
    if (delay === undefined) pendingOf?.(job.account)?.delete(`${job.event.id} ${job.endpointId}`)
    else later({ ...job, attempt: job.attempt + 1 }, delay)
  }

  function settle(account: string, event: string, endpoint: string): void {
    pendingOf?.(account)?.delete(`${event} ${endpoint}`)
    const left = pending.get(keyOf(account, event))
    if (!left?.delete(endpoint)) return
    onPending?.(account, event, left.size)
    if (left.size === 0) pending.delete(keyOf(account, event))
  }

  function forget(account: string): void {
    for (const [key, { account: owner, cancel }] of waiting) {
      if (owner !== account) continue
      cancel()
      waiting.delete(key)
    }
    for (const key of pending.keys()) if (key.startsWith(`${account} `)) pending.delete(key)
    traffic.forget(account)
    log.forget(account)
  }

  return {
    deliver,
    resend: (account, event, endpoint) => enqueue({ account, event, endpointId: endpoint.id, attempt: 1, endpoint }),
    resume,
    traffic,
    attempts: log.of,
    async idle() {
      while (lines.size > 0) await Promise.all(lines.values())
    },
    forget,
    async close() {
      closed = true
      for (const { cancel } of waiting.values()) cancel()
      waiting.clear()
      await send.close()
      await Promise.all(lines.values())
    },
  }
}
