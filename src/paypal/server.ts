import type { Clock } from '../kernel/clock.ts'
import { type HttpAnswer, type HttpRequest, header, jsonAnswer } from '../stripe/http.ts'
import { type Listening, listen } from '../stripe/listen.ts'
import { createRandom } from '../stripe/random.ts'
import { visitApproval } from './approval.ts'
import { certify, createSigningKey } from './certificate.ts'
import { errorBody, PayPalError } from './error.ts'
import { minorUnits, moneyOf } from './money.ts'
import { Replays } from './replays.ts'
import { paypalId, type Resource, Resources } from './resources.ts'
import { answerPayPal, type PayPalWorld } from './routes.ts'
import type { PayPalCall } from './types.ts'
import { Webhooks } from './webhooks.ts'

export interface PayPalServerOptions {
  /** 0 for a free one. */
  port: number
  clock: Clock
  /** Makes ids repeatable. */
  seed?: number
  clientId: string
  clientSecret: string
}

export interface PayPalServer extends Listening {
  /** Resolves when no webhook is on its way. */
  idle(): Promise<void>
}

/** What anybody may ask for: the certificate, and the page where buyers approve. */
const open = [/^\/v1\/notifications\/certs\//, /^\/checkoutnow$/]

/**
 * A PayPal sandbox on loopback: orders that a buyer approves, captures, refunds, webhooks with a certificate and their verification by
 * postback. Only what is here can be asked for; the rest is a 404.
 */
export async function createPayPalServer(options: PayPalServerOptions): Promise<PayPalServer> {
  const { port, clock, seed, clientId, clientSecret } = options
  const random = createRandom(seed === undefined ? undefined : `paypal:${seed}`)
  const draw = (): number => Number.parseInt(random.text(6), 36) / 36 ** 6
  const now = (): string => new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z')
  const keys = { own: createSigningKey(), foreign: createSigningKey() }
  const name = `CERT-${random.text(8).toLowerCase()}-${random.text(8).toLowerCase()}`
  const resources = new Resources()
  const replays = new Replays()
  const tokens = new Set<string>()
  let address = ''
  const url = (): string => address
  const certUrl = (): string => `${address}/v1/notifications/certs/${name}`
  const webhooks = new Webhooks({ resources, keys, draw, now, url, certUrl })
  const world: PayPalWorld = {
    resources,
    transmissions: webhooks,
    certificate: (asked) =>
      asked === name ? certify(keys.own(), 'messageverificationcerts.paypal.com', clock.now()) : undefined,
    needsApproval: true,
    draw,
    now,
    url,
    verdict: () => null,
  }

  function answer(request: HttpRequest, call: PayPalCall, query: URLSearchParams): HttpAnswer {
    if (call.path === '/checkoutnow')
      return visitApproval({
        method: call.method,
        query,
        resources,
        approved: (order) => webhooks.emit('CHECKOUT.ORDER.APPROVED', 'checkout-order', order),
      })
    if (call.path === '/v1/oauth2/token') return login(request, call)
    if (!open.some((path) => path.test(call.path)) && !tokens.has(bearerOf(request)))
      throw new PayPalError(
        401,
        'AUTHENTICATION_FAILURE',
        'Authentication failed due to missing or invalid credentials.',
      )
    const known = replays.find(call)
    if (known) return known
    const before = { capture: resources.list('capture').length, refund: resources.list('refund').length }
    const made = webhooks.answer(call) ?? answerPayPal(world, request, call)
    replays.keep(call, made)
    for (const each of resources.list('capture').slice(before.capture))
      webhooks.emit('PAYMENT.CAPTURE.COMPLETED', 'capture', each)
    for (const each of resources.list('refund').slice(before.refund))
      webhooks.emit('PAYMENT.CAPTURE.REFUNDED', 'refund', withTotal(resources, each))
    return made
  }

  function login(request: HttpRequest, call: PayPalCall): HttpAnswer {
    const wanted = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
    if (header(request, 'authorization') !== wanted)
      throw new PayPalError(401, 'invalid_client', 'Client Authentication failed')
    const token = answerPayPal(world, request, call)
    tokens.add((JSON.parse(String(token.body)) as { access_token: string }).access_token)
    return token
  }

  const listening = await listen(
    async (request) => {
      try {
        const { call, query } = callOf(request)
        return answer(request, call, query)
      } catch (error) {
        if (!(error instanceof PayPalError)) throw error
        const debugId = paypalId(draw).toLowerCase()
        return jsonAnswer(error.status, errorBody(error, debugId), { 'paypal-debug-id': debugId })
      }
    },
    { port, host: '127.0.0.1' },
  )
  address = listening.url
  return {
    url: listening.url,
    port: listening.port,
    idle: () => webhooks.idle(),
    async close() {
      await webhooks.close()
      await listening.close()
    },
  }
}

const bearerOf = (request: HttpRequest): string => (header(request, 'authorization') ?? '').replace(/^Bearer /, '')

function callOf(request: HttpRequest): { call: PayPalCall; query: URLSearchParams } {
  const { pathname, searchParams } = new URL(request.url, 'http://paypal.invalid')
  const body = Buffer.from(request.body ?? []).toString('utf8')
  const key = header(request, 'paypal-request-id')
  const call = { method: request.method, path: pathname.replace(/(.)\/$/, '$1'), params: parsed(body), body }
  return { call: { ...call, ...(key && { idempotencyKey: key }) }, query: searchParams }
}

function parsed(body: string): unknown {
  try {
    return body === '' ? undefined : JSON.parse(body)
  } catch {
    return body
  }
}

/** A refund's event tells the total of its capture as well. */
function withTotal(resources: Resources, refund: Resource): Resource {
  const of = (each: Resource) => (each.links as { rel: string; href: string }[]).find(({ rel }) => rel === 'up')?.href
  const all = resources.list('refund').filter((each) => of(each) === of(refund))
  const money = (each: Resource) => each.amount as { value: string; currency_code: string }
  const total = all.reduce((sum, each) => sum + minorUnits(money(each)), 0)
  const breakdown = { total_refunded_amount: moneyOf(total, money(refund).currency_code) }
  return { ...refund, seller_payable_breakdown: breakdown }
}
