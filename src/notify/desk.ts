import { createHash, randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { stableJson } from '../kernel/json.ts'
import { plans } from './life.ts'
import type { Attachment, Draft, Message } from './message.ts'
import type { Schedule } from './schedule.ts'
import type { MessageStore } from './store.ts'
import type { TurnedClock } from './turned-clock.ts'
import type { Webhooks } from './webhooks.ts'

/** What was answered to an idempotency key. */
export interface Answer {
  status: number
  body: unknown
}

/** What a dialect works with: it takes messages in and answers for them. */
export interface Desk {
  clock: TurnedClock
  store: MessageStore
  webhooks: Webhooks
  /** Lower-case hex of this many random bytes. */
  id(bytes: number): string
  uuid(): string
  /** Stores a message and starts its life. */
  accept(draft: Draft): Message
  /** From the header `x-gatekit-namespace`, else from the secret the request came with. */
  namespaceOf(request: FastifyRequest, secret: string): string
  /** Answers a repeated key with the first answer; undefined when the key came with another body. */
  once(
    request: { namespace: string; path: string; key: string; body: unknown },
    answer: () => Answer,
  ): Answer | undefined
}

/** How long Resend keeps a key; the only dialect so far whose provider has them. */
const keyLifeMs = 24 * 3_600_000
const maxKeys = 50_000

interface DeskParts {
  provider: string
  clock: TurnedClock
  store: MessageStore
  schedule: Schedule
  webhooks: Webhooks
  random: (bytes: number) => Buffer
}

export function createDesk({ provider, clock, store, schedule, webhooks, random }: DeskParts): Desk {
  const answered = new Map<string, Answer & { fingerprint: string; until: number }>()
  store.onClear(({ namespace }) => {
    for (const name of [...answered.keys()])
      if (namespace === undefined || name.startsWith(`${namespace}\n`)) answered.delete(name)
  })
  const id = (bytes: number): string => random(bytes).toString('hex')

  function accept({ outcome = 'delivered', ...draft }: Draft): Message {
    const now = clock.now()
    const added: Pick<Message, 'provider' | 'receivedAt' | 'status' | 'steps'> = {
      provider,
      receivedAt: now,
      status: 'accepted',
      steps: [{ status: 'accepted', at: now }],
    }
    const message: Message = { cc: [], bcc: [], headers: {}, attachments: [], tags: {}, extra: {}, ...draft, ...added }
    store.add(message)
    for (const [status, afterMs] of plans[outcome]) {
      schedule.at(now + afterMs, (due) => {
        const moved = store.step(message.id, status, due)
        return moved && webhooks.tell(moved, { status, at: due })
      })
    }
    return message
  }

  return {
    clock,
    store,
    webhooks,
    id,
    uuid: () => toUuid(random(16)),
    accept,
    namespaceOf(request, secret) {
      const named = request.headers['x-gatekit-namespace']
      return typeof named === 'string' && isNamespace(named) ? named : namespaceOfSecret(secret)
    },
    once({ namespace, path, key, body }, answer) {
      const fingerprint = sha256(stableJson(body))
      const name = [namespace, path, key].join('\n')
      const first = answered.get(name)
      if (first && first.until > clock.now()) return first.fingerprint === fingerprint ? first : undefined
      const given = answer()
      answered.delete(name)
      // A refused request may be mended and sent again under its key.
      if (given.status < 400) answered.set(name, { ...given, fingerprint, until: clock.now() + keyLifeMs })
      if (answered.size > maxKeys) answered.delete(answered.keys().next().value as string)
      return given
    },
  }
}

export const isNamespace = (name: string): boolean => /^[\w.-]{1,64}$/.test(name)

/** A name that tells nothing about the secret it stands for. */
export const namespaceOfSecret = (secret: string): string => (secret ? `key-${sha256(secret).slice(0, 8)}` : 'default')

/** An attachment given as base64. */
export function toAttachment(name: string, type: string, base64: string, contentId?: string): Attachment {
  const content = Buffer.from(base64, 'base64')
  const cid = contentId?.replace(/^<|>$/g, '')
  return { name, type, bytes: content.length, sha256: sha256(content), ...(cid && { contentId: cid }) }
}

/** Header names in lower case, values as text. */
export const toHeaders = (headers: Readonly<Record<string, unknown>> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]))

export const defaultRandom = (bytes: number): Buffer => randomBytes(bytes)
const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex')

function toUuid(bytes: Buffer): string {
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
