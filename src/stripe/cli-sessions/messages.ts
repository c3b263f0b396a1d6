import { signPayload } from '../../kernel/webhook-signature.ts'
import type { JournalEntry } from '../../store/journal.ts'
import { thinPayload } from '../webhooks/thin.ts'
import type { StripeEvent } from '../world.ts'

/** What the websocket of a session carries, as the official command line tool names it: `websocket_features[]`. */
export type Feature = 'webhooks' | 'v2_events' | 'request_logs'

export interface EventMessageOptions {
  /** Named by the tool when it answers. */
  conversation: string
  secret: string
  /** Epoch seconds. */
  now: number
  /** Null for the account's default version; the tool throws away what is not in the version it was asked for. */
  apiVersion: string | null
}

/** An event for the tool to forward, signed as a webhook endpoint's delivery is. */
export function eventMessage(event: StripeEvent, options: EventMessageOptions): string {
  const isSnapshot = event.object === 'event'
  const payload = JSON.stringify(isSnapshot ? event : thinPayload(event), null, 2)
  const http_headers = {
    'Content-Type': 'application/json; charset=utf-8',
    'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    Accept: '*/*; q=0.5, application/xml',
    'Cache-Control': 'no-cache',
    'Stripe-Signature': signPayload(payload, [options.secret], options.now),
  }
  if (!isSnapshot) return JSON.stringify({ type: 'v2_event', http_headers, payload, destination_id: 'ed_test_cli' })
  return JSON.stringify({
    type: 'webhook_event',
    endpoint: { api_version: options.apiVersion },
    event_payload: payload,
    http_headers,
    webhook_conversation_id: options.conversation,
    webhook_id: event.id,
  })
}

/** A line of `logs tail`. */
export function logMessage(entry: JournalEntry): string {
  const event_payload = JSON.stringify({
    created_at: Math.floor(entry.at / 1000),
    error: entry.error ?? {},
    livemode: false,
    method: entry.method,
    request_id: entry.id,
    status: entry.status,
    url: entry.path,
  })
  return JSON.stringify({ type: 'request_log_event', event_payload, request_log_id: entry.id.replace('req_', 'resp_') })
}

/** What the forwarded-to URL answered. */
export interface ForwardedAnswer {
  /** `evt_…` */
  event: string
  url: string
  status: number
  body: string
}

/** Reads a message of the tool's; undefined for acknowledgements and for what is not a message of its. */
export function parseAnswer(text: string): ForwardedAnswer | undefined {
  let message: Record<string, unknown>
  try {
    message = JSON.parse(text) as Record<string, unknown>
  } catch {
    return undefined
  }
  if (message?.type !== 'webhook_response') return undefined
  const { body, forward_url, status, webhook_id } = message
  if (typeof webhook_id !== 'string' || typeof status !== 'number') return undefined
  return { event: webhook_id, url: String(forward_url ?? ''), status, body: String(body ?? '') }
}
