import { isLoopback } from '../kernel/loopback.ts'
import { type HttpAnswer, jsonAnswer } from '../stripe/http.ts'
import { invalid, notFound } from './error.ts'
import { paypalId, type Resource, type Resources } from './resources.ts'
import { type SigningKeys, Transmissions } from './transmissions.ts'
import type { PayPalCall } from './types.ts'

export interface Endpoint {
  id: string
  url: string
  /** `*` or names of event types. */
  types: readonly string[]
  transmissions: Transmissions
}

export interface WebhooksWorld {
  resources: Resources
  keys: SigningKeys
  draw(): number
  now(): string
  url(): string
  certUrl(): string
}

/** Milliseconds before the second attempt, the third … of what was not answered 2xx. */
const retryGapsMs = [1_000, 3_000, 10_000, 30_000]
const answerMs = 10_000

/**
 * Registered webhooks and what is sent to them, signed as PayPal signs: `POST`, `GET` and `DELETE /v1/notifications/webhooks`. Only addresses
 * of this machine are taken. Rules: developer.paypal.com/docs/api/webhooks/v1.
 */
export class Webhooks {
  private readonly endpoints = new Map<string, Endpoint>()
  private readonly under = new Set<Promise<void>>()
  private readonly timers = new Set<NodeJS.Timeout>()
  private isClosed = false

  constructor(private readonly world: WebhooksWorld) {}

  /** Undefined where the call is about something else. */
  answer({ method, path, params }: PayPalCall): HttpAnswer | undefined {
    const match = /^\/v1\/notifications\/webhooks(?:\/([^/]+))?$/.exec(path)
    if (!match) return undefined
    const [, id] = match
    if (id === undefined && method === 'POST') return jsonAnswer(201, this.shown(this.register(params)))
    if (id === undefined && method === 'GET')
      return jsonAnswer(200, { webhooks: [...this.endpoints.values()].map((each) => this.shown(each)) })
    const endpoint = id === undefined ? undefined : this.endpoints.get(id)
    if (!endpoint) throw notFound(id ?? path)
    if (method === 'GET') return jsonAnswer(200, this.shown(endpoint))
    if (method !== 'DELETE') return undefined
    this.endpoints.delete(endpoint.id)
    return { status: 204, headers: {}, body: '' }
  }

  /** Whether a postback is about something that was really sent, byte for byte. */
  verify(postback: Buffer, fields: Readonly<Record<string, unknown>>): boolean {
    return this.endpoints.get(String(fields.webhook_id))?.transmissions.verify(postback, fields) === true
  }

  /** Makes an event of a resource and sends it to everybody who asked for its type. */
  emit(type: string, kind: string, resource: Resource): void {
    const id = `WH-${paypalId(this.world.draw)}-${paypalId(this.world.draw)}`
    const event = {
      id,
      event_version: '1.0',
      create_time: this.world.now(),
      resource_type: kind,
      resource_version: '2.0',
      event_type: type,
      summary: type.toLowerCase().replaceAll(/[._]/g, ' '),
      resource,
      links: [{ href: `${this.world.url()}/v1/notifications/webhooks-events/${id}`, rel: 'self', method: 'GET' }],
    }
    this.world.resources.put('webhook-event', event)
    const body = JSON.stringify(event)
    for (const endpoint of this.endpoints.values())
      if (endpoint.types.includes('*') || endpoint.types.includes(type)) this.send(endpoint, body, 0)
  }

  /** Resolves when nothing is on its way; what waits for its next attempt is not. */
  async idle(): Promise<void> {
    while (this.under.size > 0) await Promise.all(this.under)
  }

  async close(): Promise<void> {
    this.isClosed = true
    for (const timer of this.timers) clearTimeout(timer)
    await this.idle()
  }

  private send(endpoint: Endpoint, body: string, attempt: number): void {
    const sending = this.attempt(endpoint, body).then((isTaken) => {
      this.under.delete(sending)
      const gap = retryGapsMs[attempt]
      if (isTaken || gap === undefined || this.isClosed || !this.endpoints.has(endpoint.id)) return
      const timer = setTimeout(() => {
        this.timers.delete(timer)
        this.send(endpoint, body, attempt + 1)
      }, gap)
      this.timers.add(timer)
    })
    this.under.add(sending)
  }

  private async attempt({ url, transmissions }: Endpoint, body: string): Promise<boolean> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'PayPal/AUHD-214.0-61041374',
          ...transmissions.sign(body),
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(answerMs),
      })
      await response.body?.cancel()
      return response.ok
    } catch {
      return false
    }
  }

  private register(params: unknown): Endpoint {
    const { url, event_types } = (params ?? {}) as { url?: unknown; event_types?: { name?: unknown }[] }
    if (typeof url !== 'string' || !isOwnMachine(url)) throw invalid('url: an http:// address of this machine')
    const types = (Array.isArray(event_types) ? event_types : []).map(({ name }) => String(name))
    if (types.length === 0) throw invalid('event_types: at least one { name }')
    const id = paypalId(this.world.draw)
    const { keys, certUrl } = this.world
    const endpoint = { id, url, types, transmissions: new Transmissions(keys, id, certUrl) }
    this.endpoints.set(id, endpoint)
    return endpoint
  }

  private shown({ id, url, types }: Endpoint): object {
    const href = `${this.world.url()}/v1/notifications/webhooks/${id}`
    return { id, url, event_types: types.map((name) => ({ name })), links: [{ href, rel: 'self', method: 'GET' }] }
  }
}

function isOwnMachine(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname } = new URL(url)
  return /^https?:$/.test(protocol) && isLoopback(hostname)
}
