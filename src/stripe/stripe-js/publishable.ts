import { timingSafeEqual } from 'node:crypto'
import { actingAccount } from '../connect/access-token.ts'
import { type StripeError, stripeError } from '../error.ts'
import { type HttpAnswer, type HttpRequest, header, jsonAnswer } from '../http.ts'
import { authenticate } from '../protocol/auth.ts'
import type { StripeSandbox } from '../server.ts'
import { isShown } from './shown-fields.ts'

/** Requests that were let through, so that they are not looked at again. */
const admitted = new WeakSet<HttpRequest>()

/** What Stripe's API tells a browser about itself. */
const crossOrigin = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, HEAD, POST, DELETE, OPTIONS',
  'access-control-allow-headers':
    'authorization, content-type, idempotency-key, stripe-account, stripe-version, x-stripe-client-user-agent',
  'access-control-expose-headers': 'Request-Id, Stripe-Should-Retry',
  'access-control-max-age': '300',
}

/**
 * Requests with a publishable key, which come from browsers: an intent or session opens to its client secret only and shows what is
 * meant for customers, and the answer may be read by pages of any origin. Undefined for every other request.
 */
export function answerPublishable(
  request: HttpRequest,
  sandbox: StripeSandbox,
): Promise<HttpAnswer> | HttpAnswer | undefined {
  if (request.method === 'OPTIONS' && header(request, 'access-control-request-method'))
    return { status: 204, headers: crossOrigin, body: '' }
  if (!looksPublishable.test(header(request, 'authorization') ?? '') || admitted.has(request)) return undefined
  return admit(request, sandbox).then((answer) => ({ ...answer, headers: { ...answer.headers, ...crossOrigin } }))
}

/** A Bearer token or a Basic user name that begins with `pk_`; whether it is a good key is the engine's business. */
const looksPublishable = /^\s*(bearer\s+pk_|basic\s+cGtf)/i

async function admit(request: HttpRequest, sandbox: StripeSandbox): Promise<HttpAnswer> {
  const path = new URL(request.url, 'http://localhost').pathname
  const own = accountOf(request, sandbox)
  const [, kind, id] = /^\/v1\/(payment_intents|setup_intents|checkout\/sessions)\/([^/]+)/.exec(path) ?? []
  if (!kind || !id || !own) return sandbox.handle(mark(request))
  const { given, rest } = withoutSecret(request)
  const account = header(request, 'stripe-account') ?? own
  const object = kind === 'checkout/sessions' ? 'checkout.session' : kind.slice(0, -1)
  const found = sandbox.accounts.find(account)?.store.table(object).get(id) as { client_secret?: string } | undefined
  if (!given)
    return refuse(stripeError(400, 'parameter_missing', 'Missing required param: client_secret.', 'client_secret'))
  if (!found || !isSame(given, found.client_secret ?? ''))
    return refuse(stripeError(404, 'resource_missing', `No such ${object}: '${id.slice(0, 80)}'`, 'intent'))
  const answer = await sandbox.handle(mark(rest))
  return { ...answer, body: shown(answer) }
}

/** Undefined for a key that the engine will refuse. */
function accountOf(request: HttpRequest, { accounts }: StripeSandbox): string | undefined {
  try {
    return actingAccount(accounts, authenticate(header(request, 'authorization')), request.method).id
  } catch {
    return undefined
  }
}

const mark = (request: HttpRequest): HttpRequest => {
  admitted.add(request)
  return request
}

const refuse = ({ fields, status }: StripeError): HttpAnswer => jsonAnswer(status, { error: fields })

/** `client_secret` is no parameter of the operations themselves. */
function withoutSecret(request: HttpRequest): { given: string | undefined; rest: HttpRequest } {
  const url = new URL(request.url, 'http://localhost')
  const form = new URLSearchParams(Buffer.from(request.body ?? []).toString('utf8'))
  const given = form.get('client_secret') ?? url.searchParams.get('client_secret') ?? undefined
  url.searchParams.delete('client_secret')
  form.delete('client_secret')
  const rest = { ...request, url: url.pathname + url.search }
  return { given, rest: request.body ? { ...rest, body: Buffer.from(form.toString()) } : rest }
}

function isSame(given: string, secret: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** An answer without the fields that only the shop's own key may read, also where an error carries the intent. */
function shown({ body, headers, status }: HttpAnswer): HttpAnswer['body'] {
  if (headers['content-type'] !== 'application/json' || body.length === 0) return body
  const value = JSON.parse(Buffer.from(body).toString('utf8')) as { error?: Record<string, unknown> }
  if (status === 200) return JSON.stringify(forCustomers(value), undefined, 2)
  for (const name of ['payment_intent', 'setup_intent'])
    if (value.error?.[name]) value.error[name] = forCustomers(value.error[name] as object)
  return JSON.stringify(value, undefined, 2)
}

const forCustomers = (value: object): object =>
  Object.fromEntries(Object.entries(value).filter(([name]) => isShown(value, name)))
