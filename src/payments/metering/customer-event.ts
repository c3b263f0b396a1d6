import { randomBytes } from 'node:crypto'
import { stripeSignature } from '../deliver/stripe-signature.ts'
import type { PlainRequest } from '../rig/define.ts'

/** `customer.created` as the provider delivers it, signed now. */
export function customerCreated(
  path: string,
  customer: { id: string; metadata: Record<string, string> },
  secrets: readonly string[],
): PlainRequest {
  const now = Math.floor(Date.now() / 1000)
  const random = randomBytes(32).toString('hex')
  const object = { object: 'customer', email: null, name: null, livemode: false, created: now, ...customer }
  const body = JSON.stringify({
    id: `evt_${random.slice(0, 24)}`,
    object: 'event',
    type: 'customer.created',
    api_version: '2025-09-30.clover',
    created: now,
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    data: { object },
  })
  const bytes = Buffer.from(body)
  const signer = { secrets, now, toleranceSeconds: 300, randomHex: random }
  const spare = { otherSpacing: bytes, looseSpacing: bytes, otherBody: bytes }
  return {
    method: 'POST',
    path,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': stripeSignature(bytes, 'genuine', { ...signer, ...spare }) ?? '',
    },
    body,
  }
}
