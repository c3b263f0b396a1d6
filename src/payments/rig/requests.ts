import { fillJson, fillPath } from '../contract/template.ts'
import type { RawRequest } from '../deliver/request.ts'
import type { Buyer, PlainRequest } from './define.ts'
import type { Stand } from './stand.ts'
import { Unmeasurable } from './stand.ts'

export interface CheckoutOptions {
  kind?: 'purchase' | 'subscription' | 'notify' | 'spend'
  changes?: Record<string, unknown>
  headers?: Record<string, string>
  idempotencyKey?: string
}

/** The declared request for this buyer, with changes merged over its body. */
export function checkoutRequest({ contract }: Stand, buyer: Buyer, options: CheckoutOptions = {}): PlainRequest {
  const { kind = 'purchase', changes, headers, idempotencyKey } = options
  const { facts } = contract
  const request = facts[kind]?.request
  if (!request) throw new Unmeasurable(`the contract has no facts.${kind}.request`)
  const alternative = buyer.spec.alternative === undefined ? {} : facts.alternatives[buyer.spec.alternative]?.set
  const fillings = { user: buyer.user, email: buyer.email, payment: buyer.payment }
  // What is used up is named in the path.
  const path = fillPath(request.path, fillings)
  const body = fillJson({ ...request.body, ...(kind === 'purchase' && alternative), ...changes }, fillings)
  const header = request.idempotencyHeader
  return {
    method: request.method,
    path,
    headers: { ...request.headers, ...(header && idempotencyKey && { [header]: idempotencyKey }), ...headers },
    body,
  }
}

export function rawRequest({ method, path, headers = {}, body }: PlainRequest): RawRequest {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  const hasType = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  return {
    method,
    path,
    headers: {
      accept: 'application/json',
      ...(text !== '' && !hasType && { 'content-type': 'application/json' }),
      ...headers,
    },
    body: Buffer.from(text, 'utf8'),
  }
}
