import { randomBytes } from 'node:crypto'
import { createRandom } from '../../stripe/random.ts'
import { writeBody, writeLoose } from '../deliver/body.ts'
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
  return {
    method: options.method ?? 'POST',
    path: options.path ?? stand.contract.providers[story.spec.provider]?.webhook ?? '/',
    headers,
    body,
    ...(chunked && { chunked }),
  }
}

function providerHeaders(
  { contract, supplies, double }: Stand,
  { spec }: Story,
  body: Buffer,
  event: unknown,
  { signing = 'genuine', secrets = supplies.stripeSecrets, body: form }: DeliverOptions,
): Record<string, string> {
  const now = Date.now()
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
