import type { JournalEntry } from '../store/journal.ts'
import type { Account } from './accounts.ts'
import type { HttpAnswer, HttpRequest } from './http.ts'
import type { Credential } from './protocol/auth.ts'
import { defaultApiVersion } from './protocol/versions.ts'

/** What is known of a request while it is answered. */
export interface Visit {
  request: HttpRequest
  method: string
  path: string
  query: string
  startedAt: number
  /** `req_…` */
  id: string
  apiVersion: string
  isV2: boolean
  account?: Account
  credential?: Credential
  operation?: string
  generic?: true
  params?: unknown
  key?: string
  replayOf?: string
  /** What a test scripted for this request. */
  fault?: string
  notes: string[]
}

export interface Outcome {
  status: number
  body: unknown
  /** Beside those that every answer has. */
  headers?: Record<string, string>
}

/** Longest body whose parameters the journal keeps, in bytes. */
const journalledBody = 16 * 1024

export function createVisit(request: HttpRequest): Visit {
  const question = request.url.indexOf('?')
  const path = question < 0 ? request.url : request.url.slice(0, question)
  return {
    request,
    method: request.method.toUpperCase(),
    path: path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path,
    query: question < 0 ? '' : request.url.slice(question + 1),
    startedAt: performance.now(),
    id: '',
    apiVersion: defaultApiVersion,
    isV2: path.startsWith('/v2/'),
    notes: [],
  }
}

/** What the journal keeps of a request. `now` is epoch milliseconds on the account's clock. */
export function journalEntry(visit: Visit, { status, body }: Outcome, now: number): JournalEntry {
  const entry: JournalEntry = {
    id: visit.id,
    at: now,
    method: visit.method,
    path: visit.path,
    status,
    durationMs: Math.round((performance.now() - visit.startedAt) * 1000) / 1000,
  }
  const error = status === 200 ? undefined : (body as { error?: JournalEntry['error'] }).error
  if (visit.operation !== undefined) entry.operation = visit.operation
  if (visit.generic) entry.generic = true
  if (error) entry.error = pick(error)
  if (visit.key !== undefined) entry.idempotencyKey = visit.key
  if (visit.replayOf !== undefined) entry.replayed = true
  if (visit.notes.length > 0) entry.notes = visit.notes
  if (visit.params !== undefined && (visit.request.body?.length ?? 0) <= journalledBody) entry.params = visit.params
  return entry
}

const pick = ({
  type,
  code,
  param,
  message,
}: NonNullable<JournalEntry['error']>): NonNullable<JournalEntry['error']> => ({
  ...(type !== undefined && { type }),
  ...(code !== undefined && { code }),
  ...(param !== undefined && { param }),
  ...(message !== undefined && { message }),
})

/** The answer with Stripe's headers; `toText` makes the text of an object. */
export function renderAnswer(
  visit: Visit,
  { status, body, headers: more }: Outcome,
  toText: (body: unknown) => string | Uint8Array,
): HttpAnswer {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'request-id': visit.id,
    'stripe-version': visit.apiVersion,
  }
  // Only what a header can carry is echoed.
  if (visit.key !== undefined && /^[\x20-\x7e]+$/.test(visit.key)) headers['idempotency-key'] = visit.key
  if (visit.replayOf !== undefined) headers['idempotent-replayed'] = 'true'
  if (visit.key !== undefined) headers['original-request'] = visit.replayOf ?? visit.id
  if (status === 409 || status === 429) headers['stripe-should-retry'] = 'true'
  else if (status >= 400 && status < 500) headers['stripe-should-retry'] = 'false'
  if (status === 401) headers['www-authenticate'] = 'Basic realm="Stripe"'
  Object.assign(headers, more)
  if (!isRaw(body)) return { status, headers, body: toText(body) }
  return { status, headers: { ...headers, 'content-type': body.contentType }, body: body.body }
}

const isRaw = (body: unknown): body is { contentType: string; body: string | Uint8Array } =>
  typeof body === 'object' && body !== null && 'contentType' in body && 'body' in body
