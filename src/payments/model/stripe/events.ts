import type { StripeObject } from '../../double/types.ts'
import { secondOf, upTo } from '../facts.ts'
import type { EventLabel } from '../labels.ts'
import type { ModelEvent, Terms } from '../terms.ts'
import { charge, checkoutSession, customer, dispute, paymentIntent, refund } from './payment-objects.ts'
import { invoice, subscription, subscriptionSession } from './subscription-objects.ts'

type Facts = readonly EventLabel[]
type Build = (terms: Terms, facts: Facts) => StripeObject

/** Which event announces a fact, and of what it speaks. */
const table: Partial<Record<EventLabel, { type: string; object: Build; previous?: (terms: Terms) => object }>> = {
  created: { type: 'payment_intent.created', object: paymentIntent },
  processing: { type: 'payment_intent.processing', object: paymentIntent },
  failed: { type: 'payment_intent.payment_failed', object: paymentIntent },
  authorized: { type: 'payment_intent.amount_capturable_updated', object: paymentIntent },
  cap: { type: 'payment_intent.succeeded', object: paymentIntent },
  charge: { type: 'charge.succeeded', object: charge },
  unpaid: { type: 'checkout.session.completed', object: checkoutSession },
  cs: { type: 'checkout.session.completed', object: checkoutSession },
  asyncOk: { type: 'checkout.session.async_payment_succeeded', object: checkoutSession },
  asyncFail: { type: 'checkout.session.async_payment_failed', object: checkoutSession },
  expired: { type: 'checkout.session.expired', object: checkoutSession },
  part: { type: 'charge.refunded', object: charge, previous: () => ({ amount_refunded: 0 }) },
  rest: { type: 'charge.refunded', object: charge, previous: () => ({ refunded: false }) },
  full: { type: 'charge.refunded', object: charge, previous: () => ({ amount_refunded: 0, refunded: false }) },
  partObject: { type: 'refund.created', object: (terms, facts) => refund(terms, facts, 'part') },
  restObject: { type: 'refund.created', object: (terms, facts) => refund(terms, facts, 'rest') },
  fullObject: { type: 'refund.created', object: (terms, facts) => refund(terms, facts, 'full') },
  refundFailed: { type: 'refund.failed', object: (terms, facts) => refund(terms, facts, 'full') },
  disputed: { type: 'charge.dispute.created', object: dispute },
  won: { type: 'charge.dispute.closed', object: dispute, previous: () => ({ status: 'under_review' }) },
  lost: { type: 'charge.dispute.closed', object: dispute, previous: () => ({ status: 'under_review' }) },
  /** A genuine type that shops have no reason to handle, about an object that looks like a payment. */
  unknown: { type: 'payment_intent.partially_funded', object: paymentIntent },
  incomplete: { type: 'customer.subscription.created', object: subscription },
  sc: { type: 'customer.subscription.created', object: subscription },
  su: { type: 'customer.subscription.updated', object: subscription, previous: () => ({ status: 'incomplete' }) },
  pastDue: { type: 'customer.subscription.updated', object: subscription, previous: () => ({ status: 'active' }) },
  sd: { type: 'customer.subscription.deleted', object: subscription },
  subCs: { type: 'checkout.session.completed', object: subscriptionSession },
  inv: { type: 'invoice.paid', object: (terms, facts) => invoice(terms, facts, 'first') },
  invOk: { type: 'invoice.payment_succeeded', object: (terms, facts) => invoice(terms, facts, 'first') },
  unpaidInv: { type: 'invoice.payment_failed', object: (terms, facts) => invoice(terms, facts, 'renewal') },
  renew: { type: 'invoice.paid', object: (terms, facts) => invoice(terms, facts, 'renewal') },
}

export const stripeLabels: readonly EventLabel[] = Object.keys(table) as EventLabel[]

/** The API version named in events: the last with the old shape of invoices, or the first ones with the new. */
const versionOf = ({ spec }: Terms): string => (spec.invoiceShape === 'legacy' ? '2024-06-20' : '2025-03-31.basil')

/** The event as Stripe sends it: its object is how it was when the event was made, whatever has happened since. */
export function stripeEvent(terms: Terms, label: EventLabel, id: string): ModelEvent {
  const entry = table[label]
  if (!entry) throw new Error(`Stripe has no event ${label}`)
  const facts = upTo(label, [label])
  const created = terms.began + (terms.spec.sameSecond ? 0 : secondOf(label))
  return {
    label,
    id,
    type: entry.type,
    body: {
      id,
      object: 'event',
      api_version: versionOf(terms),
      created,
      data: {
        object: entry.object(terms, facts),
        ...(entry.previous && { previous_attributes: entry.previous(terms) }),
      },
      livemode: terms.livemode,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      type: entry.type,
    },
  }
}

/** The current state of everything that these facts made: what a re-fetch must find. */
export function stripeObjects(terms: Terms, facts: Facts): StripeObject[] {
  if (facts.length === 0) return []
  const has = (label: EventLabel) => facts.includes(label)
  const invoiced: StripeObject[] = [
    invoice(terms, facts, 'first'),
    ...(has('renew') || has('pastDue') ? [invoice(terms, facts, 'renewal')] : []),
  ]
  if (terms.spec.kind === 'subscription')
    return [customer(terms), subscription(terms, facts), subscriptionSession(terms), ...invoiced]
  const refunds = (['part', 'rest', 'full'] as const).filter(has)
  return [
    customer(terms),
    paymentIntent(terms, facts),
    checkoutSession(terms, facts),
    ...(has('cap') || has('authorized') ? [charge(terms, facts)] : []),
    ...refunds.map((of) => refund(terms, facts, of)),
    ...(has('disputed') ? [dispute(terms, facts)] : []),
  ]
}
