import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { usageError } from '../kernel/errors.ts'
import { isNamespace, namespaceOfSecret } from './desk.ts'
import { extractCodes, extractLinks } from './extract.ts'
import type { Message } from './message.ts'
import type { Schedule } from './schedule.ts'
import { search } from './search.ts'
import type { MessageStore } from './store.ts'
import { parseDuration, type TurnedClock } from './turned-clock.ts'
import { waitFor } from './wait.ts'
import type { Webhooks } from './webhooks.ts'

export interface ControlParts {
  store: MessageStore
  clock: TurnedClock
  schedule: Schedule
  webhooks: Webhooks
  /** Aborts when the server closes, so that nobody goes on waiting. */
  signal: AbortSignal
}

const maxListed = 1000
const endpoint = z.strictObject({
  provider: z.string(),
  url: z.string().max(2000),
  secret: z.string().max(5000).default(''),
  copies: z.int().min(1).max(10).default(1),
})

/** The control API below `/_gatekit/`: what arrived, waiting for it, the clock, and where events go. */
export function registerControl(
  app: FastifyInstance,
  { store, clock, schedule, webhooks, signal }: ControlParts,
): void {
  app.get('/_gatekit/notify/messages', async (request) => listed(store.list({ namespace: namespaceOf(request) })))
  app.get<{ Params: { id: string } }>('/_gatekit/notify/messages/:id', async (request, reply) => {
    const message = store.get(request.params.id)
    return message
      ? withFinds(message)
      : reply.status(404).send({ error: { message: `no message ${request.params.id}` } })
  })
  app.get('/_gatekit/notify/search', async (request) =>
    listed(search(store.list({ namespace: namespaceOf(request) }), textOf(request, 'query') ?? '')),
  )
  app.get('/_gatekit/notify/wait', async (request) => {
    const count = Number(textOf(request, 'count') ?? 1)
    if (!Number.isInteger(count) || count < 0 || count > 10_000)
      throw usageError('count takes a whole number', 'count=1')
    const wanted = {
      query: queryOf(request),
      namespace: namespaceOf(request),
      count,
      withinMs: durationOf(request, 'within', '5s'),
      settleMs: durationOf(request, 'settle', '500ms'),
    }
    const { found, ...waited } = await waitFor(wanted, { store, clock, schedule, signal })
    return { ...waited, messages: found.map(withFinds) }
  })
  app.post('/_gatekit/notify/reset', async (request) => {
    const namespace = namespaceOf(request)
    if (namespace === undefined) webhooks.clear()
    return { removed: store.clear({ namespace }) }
  })
  app.post('/_gatekit/notify/webhooks', async (request, reply) => {
    const parsed = endpoint.safeParse(request.body)
    if (!parsed.success)
      throw usageError('a webhook is { provider, url, secret?, copies? }', z.prettifyError(parsed.error).split('\n')[0])
    webhooks.add(parsed.data)
    return reply.status(201).send({ provider: parsed.data.provider, url: parsed.data.url })
  })
  app.get('/_gatekit/notify/deliveries', async () => ({ deliveries: webhooks.deliveries() }))
  app.post('/_gatekit/clock', async (request) => {
    const ms = parseDuration((request.body as { advance?: unknown } | null)?.advance)
    if (ms === undefined) throw usageError('advance takes a duration', '{"advance":"2h"}')
    clock.advance(ms)
    await schedule.run()
    return { now: new Date(clock.now()).toISOString() }
  })
}

/** Newest first. */
const listed = (messages: Message[]) => ({ total: messages.length, messages: messages.reverse().slice(0, maxListed) })
const withFinds = (message: Message) => ({ ...message, links: extractLinks(message), codes: extractCodes(message) })

function textOf({ query }: FastifyRequest, name: string): string | undefined {
  const value = (query as Record<string, unknown>)[name]
  if (value === undefined || typeof value === 'string') return value
  throw usageError(`${name} was given twice`, 'give it once')
}

function durationOf(request: FastifyRequest, name: string, otherwise: string): number {
  const ms = parseDuration(textOf(request, name) ?? otherwise)
  if (ms === undefined) throw usageError(`${name} takes a duration`, `${name}=${otherwise}`)
  return ms
}

/** By name, or by the provider secret that the messages were sent with; undefined means all. */
function namespaceOf(request: FastifyRequest): string | undefined {
  const named = textOf(request, 'namespace') ?? request.headers['x-gatekit-namespace']
  if (named !== undefined) {
    if (typeof named === 'string' && isNamespace(named)) return named
    throw usageError('a namespace is 1 to 64 letters, digits, ".", "_" or "-"', 'namespace=worker-1')
  }
  const [, secret] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  return secret && namespaceOfSecret(secret)
}

const own = new Set(['query', 'namespace', 'count', 'within', 'settle'])

/** `?to=ada@example.test&template=receipt` reads as `to:"ada@example.test" template:"receipt"`. */
function queryOf(request: FastifyRequest): string {
  const others = Object.keys(request.query as object).filter((name) => !own.has(name))
  const words = others.map((name) => `${name}:"${(textOf(request, name) ?? '').replaceAll('"', '')}"`)
  return [textOf(request, 'query') ?? '', ...words].join(' ').trim()
}
