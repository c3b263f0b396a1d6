import { z } from 'zod'
import { HttpError } from '../http.ts'
import { asOrder } from '../orders/as-order.ts'
import { sendPendingMails } from '../orders/pending-mails.ts'
import type { Parts } from '../parts.ts'
import { type Applied, applyIncoming } from '../payments/apply.ts'
import type { Incoming } from '../payments/facts.ts'
import { incomingOfStandard, standardEvent } from '../payments/standard-facts.ts'
import { syncProducts } from '../products/sync.ts'
import type { Backend } from '../settings.ts'
import { refreshSubscription } from '../subscriptions/refresh.ts'
import type { Refusal } from './check-stripe.ts'
import { paypalEvent } from './paypal-event.ts'
import { type StripeEvent, stripeEvent } from './stripe-event.ts'
import { inTenant, secretsOf } from './tenants.ts'

export interface Webhook {
  raw: Buffer
  headers: Record<string, string | string[] | undefined>
  /** To whose webhook it came, where it is not the application's own. */
  tenant?: string
}

/** A request that was not believed: the audit log gets the reason, and nothing that the request said. */
export class RefusedWebhook extends Error {
  override readonly name = 'RefusedWebhook'
  constructor(readonly refusal: Refusal) {
    super(refusal.reason)
  }
}

/** Believes a Stripe request or throws, then applies what it says. 400 for a signed body that is no event. */
export async function takeStripe(context: { backend: Backend; parts: Parts }, webhook: Webhook): Promise<Applied> {
  const { backend, parts } = context
  const { tenant } = webhook
  const body = await believeStripe(context, webhook)
  const standard = standardEvent.safeParse(body)
  if (standard.success && tenant === undefined) return take(context, incomingOfStandard(standard.data))
  const event = readStripeEvent(body)
  if (!parts.isOurMode(event, backend))
    return { outcome: 'ignored', answer: { status: 'ignored', reason: 'other_mode' } }
  const product = productOf(event)
  if (product && backend.stripeApi && tenant === undefined) {
    await syncProducts(context, product)
    return { outcome: 'applied', answer: { status: 'updated' } }
  }
  const owner = parts.tenantOf(tenant, event)
  return take(context, inTenant(incomingOf(context, event), owner), owner === undefined ? event : undefined)
}

/** The body of a Stripe request that is genuine; a RefusedWebhook, which the audit log knows of, for any other. */
export async function believeStripe(context: { backend: Backend; parts: Parts }, webhook: Webhook): Promise<unknown> {
  const { backend, parts } = context
  const webhookSecrets = secretsOf(backend, webhook.tenant)
  const refusal = await parts.checkStripe({ ...backend, webhookSecrets }, webhook.raw, webhook.headers)
  return refusal ? refuse(context, 'stripe', refusal) : parseJson(webhook.raw)
}

/** 400 for a body that is no event. */
export const readStripeEvent = (body: unknown): StripeEvent => read(stripeEvent, body)

/** The product that an event of the catalogue is about: what it says may be old, so the provider is asked. */
function productOf({ type, data }: StripeEvent): string | undefined {
  const id = /^product\./.test(type) ? data.object.id : /^price\./.test(type) ? data.object.product : undefined
  return typeof id === 'string' && /^prod_\w{1,100}$/.test(id) ? id : undefined
}

function incomingOf({ parts }: { parts: Parts }, event: StripeEvent): Incoming {
  const facts = readFacts(() => parts.factsOfStripe(event))
  return { id: event.id, type: event.type, gateway: 'stripe', target: String(event.data.object.id ?? ''), facts }
}

/** The same for PayPal. */
export async function takePaypal(context: { backend: Backend; parts: Parts }, webhook: Webhook): Promise<Applied> {
  const { backend, parts } = context
  const refusal = await parts.checkPaypal(backend, webhook.raw, webhook.headers)
  if (refusal) return refuse(context, 'paypal', refusal)
  const event = read(paypalEvent, parseJson(webhook.raw))
  const facts = readFacts(() => parts.factsOfPaypal(event))
  return take(context, {
    id: event.id,
    type: event.event_type,
    gateway: 'paypal',
    target: String(event.resource.id ?? ''),
    facts,
  })
}

async function take(
  context: { backend: Backend; parts: Parts },
  incoming: Incoming,
  event?: StripeEvent,
): Promise<Applied> {
  const { backend } = context
  const applied = await applyIncoming(context, incoming, event && asOrder(event))
  await sendPendingMails(backend)
  for (const fact of incoming.facts)
    if (fact.kind === 'subscription' && applied.outcome === 'applied')
      await refreshSubscription(context, fact.subscription)
  if (applied.outcome === 'applied') backend.redis?.announce(applied.answer)
  return applied
}

async function refuse(
  { backend, parts }: { backend: Backend; parts: Parts },
  gateway: string,
  refusal: Refusal,
): Promise<never> {
  const at = new Date(backend.clock.now()).toISOString()
  const entry = { event: 'webhook_rejected', target: 'webhook', payload: { gateway, reason: refusal.reason } }
  // Refused is refused, also while the database is down.
  await backend.database.transaction((tx) => parts.appendAudit(tx, [entry], at)).catch(() => {})
  throw new RefusedWebhook(refusal)
}

function read<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  throw new HttpError(400, 'event_invalid', 'the body is genuine but is not an event')
}

function readFacts<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof z.ZodError)
      throw new HttpError(400, 'event_invalid', 'the object of the event lacks what its type always has')
    throw error
  }
}

function parseJson(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'))
  } catch {
    return undefined
  }
}
