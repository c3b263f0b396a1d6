import { z } from 'zod'
import type { StripeEvent } from '../webhooks/stripe-event.ts'
import { buyerOf, idOf, isRecord, textOf } from './buyer.ts'
import type { Fact, SubscriptionState } from './facts.ts'

const ranks: Record<string, number> = {
  'customer.subscription.created': 0,
  'checkout.session.completed': 1,
  'customer.subscription.updated': 2,
  'customer.subscription.deleted': 4,
}

const rankOf = (type: string): number => ranks[type] ?? 3

const subscription = z.object({
  id: z.string().min(1).max(255),
  status: z.string().max(50),
  cancel_at_period_end: z.boolean().nullish(),
  current_period_end: z.int().nullish(),
  items: z.object({ data: z.array(z.unknown()) }).nullish(),
  customer: z.unknown().optional(),
  metadata: z.unknown().optional(),
})

/** The state of a subscription as Stripe's object tells it; since version 2025-03-31 the period is that of its items. */
export function subscriptionState(object: unknown): SubscriptionState {
  const { status, cancel_at_period_end, current_period_end, items } = subscription.parse(object)
  const [first] = items?.data ?? []
  const ofItem = isRecord(first) && Number.isSafeInteger(first.current_period_end) ? first.current_period_end : null
  const end = current_period_end ?? (ofItem as number | null)
  return { status, cancelAtPeriodEnd: cancel_at_period_end ?? false, ...(end !== null && { currentPeriodEnd: end }) }
}

export function subscriptionFacts(object: Record<string, unknown>, event: StripeEvent): Fact[] {
  const state = subscriptionState(object)
  const read = subscription.parse(object)
  const customer = idOf(read.customer)
  const promoCode = isRecord(read.metadata) ? textOf(read.metadata.promoCode) : undefined
  return [
    {
      kind: 'subscription',
      subscription: read.id,
      ...(customer && { customer }),
      ...(promoCode && { promoCode }),
      buyer: buyerOf(read.metadata),
      state: event.type === 'customer.subscription.deleted' ? { ...state, status: 'canceled' } : state,
      saidAt: event.created,
      rank: rankOf(event.type),
    },
  ]
}

/** A paid session tells that its subscription is running, until an event of the subscription itself tells more. */
export function subscriptionSessionFacts(
  object: Record<string, unknown>,
  subscriptionId: string,
  event: StripeEvent,
): Fact[] {
  const customer = idOf(object.customer)
  const details = isRecord(object.customer_details) ? object.customer_details.email : undefined
  const isPaid = object.payment_status === 'paid' || object.payment_status === 'no_payment_required'
  return [
    {
      kind: 'subscription',
      subscription: subscriptionId,
      ...(customer && { customer }),
      buyer: buyerOf(object.metadata, details ?? object.customer_email),
      ...(isPaid && { state: { status: 'active', cancelAtPeriodEnd: false } }),
      saidAt: event.created,
      rank: rankOf(event.type),
    },
  ]
}

/**
 * An invoice never says what state its subscription is in: one paid late may belong to a subscription that has ended. The subscription moves
 * from `parent` to the top level and back between API versions.
 */
export function invoiceFacts(object: Record<string, unknown>, event: StripeEvent): Fact[] {
  const parent = isRecord(object.parent) ? object.parent.subscription_details : undefined
  const details = isRecord(parent) ? parent : object.subscription_details
  const id = idOf(object.subscription) ?? (isRecord(details) ? idOf(details.subscription) : undefined)
  if (!id) return []
  const customer = idOf(object.customer)
  return [
    {
      kind: 'subscription',
      subscription: id,
      ...(customer && { customer }),
      buyer: buyerOf(isRecord(details) ? details.metadata : undefined, object.customer_email),
      saidAt: event.created,
      rank: 0,
    },
  ]
}
