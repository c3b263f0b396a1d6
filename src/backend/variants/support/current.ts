import type { StripeEvent } from '../../webhooks/stripe-event.ts'

const collections: Record<string, string> = {
  payment_intent: 'payment_intents',
  'checkout.session': 'checkout/sessions',
  charge: 'charges',
  refund: 'refunds',
  dispute: 'disputes',
  subscription: 'subscriptions',
}

type StripeObject = Record<string, unknown>

/** The object as the provider has it now; null where it has none, undefined for kinds that are not asked for. */
export async function currentOf(
  env: Readonly<Record<string, string | undefined>>,
  object: StripeObject,
): Promise<StripeObject | null | undefined> {
  const collection = collections[String(object.object)]
  if (!collection || typeof object.id !== 'string') return undefined
  const response = await fetch(`${env.STRIPE_API_BASE}/v1/${collection}/${encodeURIComponent(object.id)}`, {
    headers: { authorization: `Bearer ${env.STRIPE_SECRET_KEY}` },
    signal: AbortSignal.timeout(3_000),
  })
  if (response.status === 404) return null
  if (!response.ok) throw new Error('the provider did not answer')
  return (await response.json()) as StripeObject
}

/** The event that the object's present state would have made, in place of the one that came. */
export function asOfNow(event: StripeEvent, current: StripeObject): StripeEvent {
  const type = typeOf(event.type, current)
  return { ...event, type, data: { object: current } }
}

function typeOf(type: string, { object, status }: StripeObject): string {
  if (object !== 'payment_intent') return type
  if (status === 'succeeded') return 'payment_intent.succeeded'
  if (status === 'processing') return 'payment_intent.processing'
  return status === 'canceled' ? 'payment_intent.canceled' : 'payment_intent.payment_failed'
}
