import { z } from 'zod'
import type { RenderedMail } from '../notify/templates.ts'
import type { Settlement } from '../outbox/claim.ts'
import { type OutboxMessage, sha256 } from '../outbox/entry.ts'

/** Body of Resend's `POST /emails` (https://resend.com/docs/api-reference/emails/send-email). */
export interface ResendRequest {
  from: string
  to: string[]
  subject: string
  text: string
  html: string
  tags: { name: string; value: string }[]
  headers?: Record<string, string>
}

export interface ResendInput {
  from: string
  message: Pick<OutboxMessage, 'to' | 'template' | 'cause'>
  rendered: RenderedMail
  key: string | undefined
}

export function toResend({ from, message, rendered, key }: ResendInput): ResendRequest {
  const { subject, text, html } = rendered
  // Tag values are ASCII letters, digits, `_` and `-` there; key and cause can hold more, so they travel as headers.
  const headers = { ...(key && { 'X-Gatekit-Key': key }), ...(message.cause && { 'X-Gatekit-Cause': message.cause }) }
  return {
    from,
    to: [message.to],
    subject,
    text,
    html,
    tags: [{ name: 'template', value: message.template.replaceAll('.', '_') }],
    headers,
  }
}

export interface ResendCall {
  url: string
  apiKey: string
  request: ResendRequest
  /** Sent as `Idempotency-Key`: one key, one mail within 24 hours. */
  key: string
  timeoutMs: number
  namespace?: string
}

const accepted = z.object({ id: z.string().max(200) })
const refused = z.object({ name: z.string().max(100) })

/** Sends once and tells how it ended; never throws. The answer's own text is kept only as Resend's error name: it may quote the key. */
export async function sendByResend({
  url,
  apiKey,
  request,
  key,
  timeoutMs,
  namespace,
}: ResendCall): Promise<Settlement> {
  try {
    const response = await fetch(`${url.replace(/\/+$/, '')}/emails`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${apiKey}`,
        'content-type': 'application/json',
        'idempotency-key': encodeKey(key),
        ...(namespace && { 'x-gatekit-namespace': namespace }),
      },
      body: JSON.stringify(request),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const body: unknown = await response.json().catch(() => undefined)
    const id = accepted.safeParse(body).data?.id
    if (response.ok && id) return { state: 'sent', providerId: id, status: response.status }
    return {
      state: 'failed',
      status: response.status,
      error: `HTTP ${response.status} ${refused.safeParse(body).data?.name ?? ''}`.trimEnd(),
    }
  } catch (error) {
    return { state: 'failed', error: reasonOf(error) }
  }
}

/** Header values are Latin-1 at most and keys may be anything printable: what does not fit is sent as its hash. */
const encodeKey = (key: string): string => (/^[\x21-\x7e]{1,256}$/.test(key) ? key : `sha256-${sha256(key)}`)

function reasonOf(error: unknown): string {
  if ((error as Error).name === 'TimeoutError') return 'no answer in time'
  const cause = (error as { cause?: { code?: unknown } }).cause
  return typeof cause?.code === 'string' ? cause.code : 'unreachable'
}
