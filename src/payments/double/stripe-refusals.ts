import type { Account } from '../../stripe/accounts.ts'
import { StripeError, stripeError } from '../../stripe/error.ts'
import { serverError } from '../../stripe/faults/suffer.ts'
import { type HttpAnswer, type HttpRequest, header, jsonAnswer } from '../../stripe/http.ts'
import { newId } from '../../stripe/ids.ts'
import { errorBody } from '../../stripe/protocol/errors.ts'
import { fingerprintOf } from '../../stripe/protocol/idempotency.ts'
import type { Refusal } from './surface.ts'
import type { ProviderCall } from './types.ts'

/** Answers with a scripted refusal. What Stripe decides while it executes a request (402, 500) stays under the idempotency key. */
export function refuseAsStripe(
  refusal: Refusal,
  request: HttpRequest,
  call: ProviderCall,
  { clock, random, store }: Account,
): HttpAnswer {
  const id = newId('request', random)
  const error = errors[refusal](request)
  const body = errorBody(error, id, call.path.startsWith('/v2/'))
  const key = call.method === 'POST' ? call.idempotencyKey : undefined
  if (key !== undefined && isExecuted(refusal) && !store.idempotency.get(key, clock.now())) {
    const fingerprint = fingerprintOf(request.method, request.url, request.body)
    const record = store.idempotency.begin(key, fingerprint, id, clock.now())
    store.idempotency.settle(key, record, { status: error.status, body })
  }
  return jsonAnswer(error.status, body, { 'request-id': id, ...advice(error.status), ...error.headers })
}

const isExecuted = (refusal: Refusal): boolean => refusal === '402' || refusal === '500'

const errors: Record<Refusal, (request: HttpRequest) => StripeError> = {
  '401': (request) =>
    new StripeError(401, { type: 'invalid_request_error', message: `Invalid API Key provided: ${keyOf(request)}` }),
  '402': () =>
    stripeError(402, 'card_declined', 'Your card was declined.', undefined, { decline_code: 'generic_decline' }),
  '409': () =>
    new StripeError(409, {
      type: 'invalid_request_error',
      code: 'lock_timeout',
      message: 'This object cannot be accessed right now because another API request is accessing it.',
    }),
  '429': () =>
    new StripeError(
      429,
      { type: 'invalid_request_error', code: 'rate_limit', message: 'Request rate limit exceeded.' },
      { 'retry-after': '1', 'stripe-should-retry': 'true' },
    ),
  '500': serverError,
  '503': () => new StripeError(503, { type: 'api_error', message: 'Service temporarily unavailable.' }),
}

/** The whole key, as some providers' errors have shown it: whoever passes the message on passes the key on. */
function keyOf(request: HttpRequest): string {
  const [scheme = '', value = ''] = (header(request, 'authorization') ?? '').trim().split(/\s+/, 2)
  if (scheme.toLowerCase() !== 'basic') return value
  return Buffer.from(value, 'base64').toString('utf8').split(':')[0] ?? ''
}

/** What Stripe tells its own clients about trying again. */
const advice = (status: number): Record<string, string> =>
  status < 500 ? { 'stripe-should-retry': String(status === 409 || status === 429) } : {}
