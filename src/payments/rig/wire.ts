import { randomBytes } from 'node:crypto'
import { createRandom } from '../../stripe/random.ts'
import { writeBody, writeLoose } from '../deliver/body.ts'
import { asGatewayEvent } from '../deliver/gateway-event.ts'
import { paypalHeaders } from '../deliver/paypal-signature.ts'
import type { RawRequest } from '../deliver/request.ts'
import { stripeSignature } from '../deliver/stripe-signature.ts'
import type { EventLabel } from '../model/labels.ts'
import type { Story } from './buyer.ts'
import type { DeliverOptions } from './define.ts'
import type { Stand } from './stand.ts'

const unguessable = createRandom()

/** One attempt as a request: the event's bytes, and a signature made at this moment. */
export function webhookRequest(
  stand: Stand,
  story: Story,
  label: EventLabel,
  options: DeliverOptions = {},
): RawRequest {
  const { copy = 1, signing = 'genuine', change, raw, chunked } = options
  const { body: event } = story.event(label, copy)
  const value = change ? change(structuredClone(event)) : event
  const body = raw === undefined ? writeBody(value, options.body) : Buffer.from(raw)
  const headers: Record<string, string> = {
    accept: '*/*',
    'content-type': 'application/json; charset=utf-8',
    ...providerHeaders(stand, story, body, value, { ...options, signing }),
  }
  for (const [name, text] of Object.entries(options.headers ?? {})) {
    for (const known of Object.keys(headers)) if (known.toLowerCase() === name.toLowerCase()) delete headers[known]
    if (text !== null) headers[name] = text
  }
  const base = options.replica === undefined ? undefined : stand.contract.target.replicas[options.replica - 1]
  const request: RawRequest = {
    method: options.method ?? 'POST',
    path: options.path ?? webhookOf(stand, story) ?? '/',
    headers,
    body,
    ...(base !== undefined && { base }),
    ...(chunked && { chunked }),
  }
  const invoke = isThroughGateway(stand, story) ? stand.contract.providers.stripe?.invoke : undefined
  return invoke === undefined ? request : asGatewayEvent(request, { invoke, base64: options.base64 === true })
}

/** Whether this provider's webhooks are handed over as events of an API gateway. */
export const isThroughGateway = ({ contract }: Pick<Stand, 'contract'>, { spec }: Pick<Story, 'spec'>): boolean =>
  spec.provider === 'stripe' && contract.providers.stripe?.transport === 'lambda-proxy'

function webhookOf({ contract }: Stand, { spec }: Story): string | undefined {
  const { stripe } = contract.providers
  const tenant = spec.otherTenant ? stripe?.tenants?.[1] : undefined
  return tenant?.webhook ?? contract.providers[spec.provider]?.webhook
}

/** Signed in the name of whoever it belongs to, unless somebody pretends. */
function secretsOf({ supplies }: Stand, { spec }: Story, signing: string): readonly string[] {
  const isOther = spec.otherTenant === true && signing !== 'own-tenant'
  return isOther && supplies.otherTenantSecret ? [supplies.otherTenantSecret] : supplies.stripeSecrets
}

function providerHeaders(
  stand: Stand,
  story: Story,
  body: Buffer,
  event: unknown,
  { signing = 'genuine', secrets = secretsOf(stand, story, signing), body: form }: DeliverOptions,
): Record<string, string> {
  const { contract, double, aheadMs } = stand
  const { spec } = story
  const now = Date.now() + aheadMs
  const otherBody = Buffer.from(
    JSON.stringify({ id: 'evt_other', object: 'event', type: 'ping', data: { object: {} } }),
  )
  if (spec.provider === 'paypal')
    return {
      'user-agent': 'PayPal/AUHD-214.0-61041374',
      ...paypalHeaders(body, signing, {
        double: double.paypal,
        foreignCertUrl: double.foreign.certUrl,
        random: unguessable,
        now,
        otherBody,
      }),
    }
  const signature = stripeSignature(body, signing, {
    secrets,
    now: Math.floor(now / 1000),
    toleranceSeconds: contract.providers.stripe?.toleranceS ?? 300,
    randomHex: randomBytes(32).toString('hex'),
    otherSpacing: writeBody(event, form === 'pretty' ? 'compact' : 'pretty'),
    looseSpacing: writeLoose(event),
    otherBody,
  })
  return {
    'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    ...(signature !== undefined && { 'stripe-signature': signature }),
  }
}
