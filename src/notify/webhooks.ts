import { usageError } from '../kernel/errors.ts'
import type { DialectDefinition, EventRequest, EventTarget } from './define.ts'
import type { Message, Status, Step } from './message.ts'
import type { Schedule } from './schedule.ts'

export interface Endpoint extends EventTarget {
  /** Name of the dialect whose events it gets. */
  provider: string
  /** Every event this often, as providers promise only "at least once". */
  copies?: number
}

/** One try to tell the application something, and what it answered. */
export interface Delivery {
  at: number
  provider: string
  url: string
  messageId: string
  status: Status
  attempt: number
  /** HTTP status; absent when there was no answer. */
  answer?: number
  error?: string
}

export interface Webhooks {
  /** Throws unless the URL is on this machine. */
  add(endpoint: Endpoint): void
  clear(): void
  /** An endpoint of one message, named in the request that sent it; an address elsewhere is noted and never contacted. */
  watch(messageId: string, endpoint: Endpoint): void
  /** Tells everybody who wants to know; resolves when the first tries are over. */
  tell(message: Message, step: Step): Promise<void>
  deliveries(): readonly Delivery[]
}

export interface WebhooksParts {
  dialects: Readonly<Record<string, DialectDefinition>>
  schedule: Schedule
  id: (bytes: number) => string
  send?: (url: string, request: EventRequest) => Promise<number>
}

const maxJournal = 5000
const timeoutMs = 10_000

export function createWebhooks({ dialects, schedule, id, send = post }: WebhooksParts): Webhooks {
  const endpoints: Endpoint[] = []
  const watched = new Map<string, Endpoint>()
  const journal: Delivery[] = []
  // One after the other per message and endpoint: otherwise the network, not the life of the message, would set the order.
  const lines = new Map<string, Promise<void>>()

  function inLine(name: string, work: () => Promise<void>): Promise<void> {
    const before = lines.get(name) ?? Promise.resolve()
    const done = before.then(work).finally(() => {
      if (lines.get(name) === done) lines.delete(name)
    })
    lines.set(name, done)
    return done
  }

  async function attempt(
    endpoint: Endpoint,
    request: EventRequest,
    message: Message,
    step: Step,
    number: number,
    due: number,
  ): Promise<void> {
    const { url, provider } = endpoint
    const delivery: Delivery = {
      at: due,
      provider,
      url: withoutPassword(url),
      messageId: message.id,
      status: step.status,
      attempt: number,
    }
    try {
      if (!isLocal(url)) throw new Error('not on this machine')
      delivery.answer = await send(url, request)
    } catch (error) {
      delivery.error = errorOf(error)
    }
    journal.push(delivery)
    if (journal.length > maxJournal) journal.shift()
    const waitMs = dialects[provider]?.retryAfterMs[number - 1]
    const isTaken = delivery.answer !== undefined && delivery.answer < 300
    if (isTaken || waitMs === undefined || !isLocal(url)) return
    // From when it was due, not from now: a clock that was turned by hours meets every retry in between.
    schedule.at(due + waitMs, (next) => attempt(endpoint, request, message, step, number + 1, next))
  }

  return {
    add(endpoint) {
      if (!dialects[endpoint.provider])
        throw usageError(`no provider "${endpoint.provider}"`, `use ${Object.keys(dialects).join(', ')}`)
      checkUrl(endpoint.url)
      endpoints.push(endpoint)
    },
    clear() {
      endpoints.length = 0
      watched.clear()
    },
    watch(messageId, endpoint) {
      watched.set(messageId, endpoint)
    },
    async tell(message, step) {
      const own = watched.get(message.id)
      const targets = [...endpoints.filter(({ provider }) => provider === message.provider), ...(own ? [own] : [])]
      await Promise.all(targets.map(tellOne))

      async function tellOne(endpoint: Endpoint): Promise<void> {
        const request = dialects[endpoint.provider]?.event(message, step, endpoint, { now: step.at, id })
        if (!request) return
        const name = `${endpoint.url}\n${message.id}`
        for (let copy = 0; copy < (endpoint.copies ?? 1); copy++)
          await inLine(name, () => attempt(endpoint, request, message, step, 1, step.at))
      }
    },
    deliveries: () => journal,
  }
}

function checkUrl(url: string): void {
  if (!isLocal(url))
    throw usageError('a webhook must be an http URL on this machine', 'use http://127.0.0.1:<port>/<path>')
}

/** Only this machine: the sandbox must not be a way to reach anything else. */
function isLocal(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname } = new URL(url)
  return /^https?:$/.test(protocol) && /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(hostname)
}

/** Basic credentials belong into a header; fetch refuses them in a URL. */
async function post(url: string, { headers, body }: EventRequest): Promise<number> {
  const target = new URL(url)
  const { username, password } = target
  target.username = ''
  target.password = ''
  const login =
    username &&
    `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`
  const answer = await fetch(target, {
    method: 'POST',
    headers: { ...headers, ...(login && { authorization: login }) },
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  })
  await answer.body?.cancel()
  return answer.status
}

function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return url.slice(0, 200)
  const parsed = new URL(url)
  parsed.password = ''
  return parsed.href
}

function errorOf(error: unknown): string {
  const cause = (error as { cause?: { code?: unknown } }).cause
  return typeof cause?.code === 'string' ? cause.code : (error as Error).message.slice(0, 200)
}
