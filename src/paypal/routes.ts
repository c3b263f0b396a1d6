import { type HttpAnswer, type HttpRequest, header, jsonAnswer } from '../stripe/http.ts'
import { invalid, notFound, PayPalError } from './error.ts'
import { captureOrder, createOrder, type PaymentWorld, refundCapture } from './payments.ts'
import type { Resource } from './resources.ts'
import type { Transmissions } from './transmissions.ts'
import type { PayPalCall, PayPalKind } from './types.ts'

export interface PayPalWorld extends PaymentWorld {
  transmissions: Pick<Transmissions, 'verify'>
  /** What verification says whatever it is asked. */
  verdict(): 'SUCCESS' | 'FAILURE' | null
  /** PEM by the last segment of its path. */
  certificate(name: string): string | undefined
}

export interface PayPalRequest {
  request: HttpRequest
  call: PayPalCall
  /** The path's variable part. */
  id: string
}

type Route = (world: PayPalWorld, given: PayPalRequest) => HttpAnswer

const routes: readonly [method: string, path: RegExp, route: Route][] = [
  ['POST', /^\/v1\/oauth2\/token$/, (world) => jsonAnswer(200, token(world))],
  ['POST', /^\/v1\/notifications\/verify-webhook-signature$/, verify],
  ['GET', /^\/v1\/notifications\/certs\/([^/]+)$/, certificate],
  ['GET', /^\/v1\/notifications\/webhooks-events\/([^/]+)$/, retrieve('webhook-event')],
  ['POST', /^\/v2\/checkout\/orders$/, (world, given) => made(given, createOrder(world, bodyOf(given)))],
  ['GET', /^\/v2\/checkout\/orders\/([^/]+)$/, retrieve('order')],
  ['POST', /^\/v2\/checkout\/orders\/([^/]+)\/capture$/, (world, given) => made(given, captureOrder(world, given.id))],
  ['GET', /^\/v2\/payments\/captures\/([^/]+)$/, retrieve('capture')],
  [
    'POST',
    /^\/v2\/payments\/captures\/([^/]+)\/refund$/,
    (world, given) => made(given, refundCapture(world, given.id, bodyOf(given))),
  ],
  ['GET', /^\/v2\/payments\/refunds\/([^/]+)$/, retrieve('refund')],
  ['GET', /^\/v1\/payments\/sale\/([^/]+)$/, retrieve('sale')],
  ['GET', /^\/v1\/billing\/subscriptions\/([^/]+)$/, retrieve('subscription')],
  ['GET', /^\/v1\/customer\/disputes\/([^/]+)$/, retrieve('dispute')],
]

/** Answers one call as PayPal does; throws a `PayPalError` for what it refuses. */
export function answerPayPal(world: PayPalWorld, request: HttpRequest, call: PayPalCall): HttpAnswer {
  for (const [method, path, route] of routes) {
    const match = method === call.method ? path.exec(call.path) : null
    if (match) return route(world, { request, call, id: match[1] ?? '' })
  }
  throw new PayPalError(404, 'NOT_FOUND', `no ${call.method} ${call.path}`)
}

function retrieve(kind: PayPalKind): Route {
  return ({ resources }, { id }) => {
    const found = resources.get(kind, id)
    if (!found) throw notFound(id)
    return jsonAnswer(200, found)
  }
}

function certificate(world: PayPalWorld, { id }: PayPalRequest): HttpAnswer {
  const pem = world.certificate(id)
  if (pem === undefined) throw notFound(id)
  return { status: 200, headers: { 'content-type': 'application/x-pem-file' }, body: pem }
}

const required = ['auth_algo', 'cert_url', 'transmission_id', 'transmission_sig', 'transmission_time', 'webhook_id']

/** Takes no account of who asks: a postback is not a secret. */
function verify(world: PayPalWorld, given: PayPalRequest): HttpAnswer {
  const fields = bodyOf(given)
  const missing = [...required, 'webhook_event'].filter((name) => fields[name] === undefined || fields[name] === '')
  if (missing.length > 0) throw invalid(`missing: ${missing.join(', ')}`)
  const isGenuine = world.transmissions.verify(Buffer.from(given.request.body ?? []), fields)
  return jsonAnswer(200, { verification_status: world.verdict() ?? (isGenuine ? 'SUCCESS' : 'FAILURE') })
}

/** Whole where it is asked for, else what a client needs to go on. */
function made({ request }: PayPalRequest, resource: Resource): HttpAnswer {
  const isWhole = (header(request, 'prefer') ?? '').includes('return=representation')
  const { id, status, links } = resource
  const whole = isWhole || status === 'COMPLETED'
  return jsonAnswer(201, whole ? resource : { id, status, links })
}

function bodyOf({ call, request }: PayPalRequest): Readonly<Record<string, unknown>> {
  if ((request.body?.length ?? 0) === 0) return {}
  const { params } = call
  if (typeof params !== 'object' || params === null || Array.isArray(params))
    throw new PayPalError(400, 'MALFORMED_REQUEST_JSON', 'The request body is not one JSON object.')
  return params as Record<string, unknown>
}

const token = ({ draw }: PayPalWorld): object => ({
  scope: 'https://uri.paypal.com/services/payments/realtimepayment https://api.paypal.com/v1/payments/.*',
  access_token: `A21AA${Array.from({ length: 40 }, () => Math.floor(draw() * 36).toString(36)).join('')}`,
  token_type: 'Bearer',
  app_id: 'APP-80W284485P519543T',
  expires_in: 32_400,
  nonce: '',
})
