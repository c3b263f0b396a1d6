import { z } from 'zod'
import type { StripeEvent } from '../webhooks/stripe-event.ts'
import { buyerOf, idOf, isRecord } from './buyer.ts'
import type { Fact } from './facts.ts'
import { invoiceFacts, subscriptionFacts, subscriptionSessionFacts } from './subscription-facts.ts'

type Reader = (object: Record<string, unknown>, event: StripeEvent) => Fact[]

/** Which of Stripe's events mean something here; every other is acknowledged and forgotten. */
export const stripeReaders: Record<string, Reader> = {
  'payment_intent.succeeded': intentSucceeded,
  'payment_intent.processing': intentState('pending'),
  'payment_intent.payment_failed': intentState('failed'),
  'payment_intent.canceled': intentState('failed'),
  'checkout.session.completed': sessionCompleted,
  'checkout.session.async_payment_succeeded': sessionCompleted,
  'checkout.session.async_payment_failed': sessionFailed,
  'checkout.session.expired': sessionExpired,
  'charge.refunded': chargeRefunded,
  'charge.refund.updated': refundChanged,
  'refund.created': refundChanged,
  'refund.updated': refundChanged,
  'refund.failed': refundChanged,
  'charge.dispute.created': disputeChanged,
  'charge.dispute.updated': disputeChanged,
  'charge.dispute.closed': disputeChanged,
  'charge.dispute.funds_withdrawn': disputeChanged,
  'charge.dispute.funds_reinstated': disputeChanged,
  'customer.subscription.created': subscriptionFacts,
  'customer.subscription.updated': subscriptionFacts,
  'customer.subscription.deleted': subscriptionFacts,
  'customer.subscription.paused': subscriptionFacts,
  'customer.subscription.resumed': subscriptionFacts,
  'invoice.paid': invoiceFacts,
  'invoice.payment_succeeded': invoiceFacts,
  'invoice.payment_failed': invoiceFacts,
}

/** What a Stripe event says has happened. Throws a ZodError for an object that lacks what its type always has. */
export const factsOfStripe = (event: StripeEvent): Fact[] => stripeReaders[event.type]?.(event.data.object, event) ?? []

const id = z.string().min(1).max(255)
const money = z.int().min(0)
const currency = z.string().regex(/^[a-z]{3}$/i)
const reference = z.unknown().transform(idOf)

const intent = z.object({
  id,
  amount: money,
  amount_received: money.nullish(),
  currency,
  latest_charge: reference.optional(),
  metadata: z.unknown().optional(),
  receipt_email: z.unknown().optional(),
})

function intentSucceeded(object: Record<string, unknown>): Fact[] {
  const { id: payment, amount, amount_received, currency: code, latest_charge, ...rest } = intent.parse(object)
  return [
    {
      kind: 'captured',
      payment,
      // What was captured, which can be less than what was authorised.
      amount: amount_received ?? amount,
      currency: code.toLowerCase(),
      buyer: buyerOf(rest.metadata, rest.receipt_email),
      aliases: listOf(latest_charge),
    },
  ]
}

function intentState(kind: 'pending' | 'failed'): Reader {
  return (object) => {
    const { id: payment, metadata } = z.object({ id, metadata: z.unknown().optional() }).parse(object)
    return [{ kind, payment, buyer: buyerOf(metadata), aliases: [] }]
  }
}

const session = z.object({
  id,
  mode: z.string().nullish(),
  payment_status: z.string(),
  payment_intent: reference.optional(),
  subscription: reference.optional(),
  amount_total: money.nullish(),
  currency: currency.nullish(),
  metadata: z.unknown().optional(),
  customer_email: z.unknown().optional(),
  customer_details: z.unknown().optional(),
})

function sessionCompleted(object: Record<string, unknown>, event: StripeEvent): Fact[] {
  const read = session.parse(object)
  const done: Fact = { kind: 'session', session: read.id, state: 'completed' }
  if (read.subscription) return [done, ...subscriptionSessionFacts(object, read.subscription, event)]
  const payment = read.payment_intent ?? read.id
  const buyer = buyerOf(read.metadata, addressOf(read))
  const aliases = payment === read.id ? [] : [read.id]
  // A delayed payment method completes the session unpaid; its own event follows when the money is there.
  if (read.payment_status === 'unpaid') return [done, { kind: 'pending', payment, buyer, aliases }]
  const amount = read.amount_total ?? 0
  return [done, { kind: 'captured', payment, amount, currency: read.currency?.toLowerCase() ?? 'usd', buyer, aliases }]
}

const addressOf = ({ customer_details, customer_email }: z.output<typeof session>): unknown =>
  (isRecord(customer_details) ? customer_details.email : undefined) ?? customer_email

function sessionFailed(object: Record<string, unknown>): Fact[] {
  const read = session.parse(object)
  const payment = read.payment_intent ?? read.id
  return [{ kind: 'failed', payment, buyer: buyerOf(read.metadata, addressOf(read)), aliases: [] }]
}

function sessionExpired(object: Record<string, unknown>): Fact[] {
  return [{ kind: 'session', session: z.object({ id }).parse(object).id, state: 'expired' }]
}

const charge = z.object({
  id,
  payment_intent: reference.optional(),
  amount: money,
  amount_refunded: money.nullish(),
  refunded: z.boolean().nullish(),
})

function chargeRefunded(object: Record<string, unknown>): Fact[] {
  const { id: chargeId, payment_intent, amount, amount_refunded, refunded } = charge.parse(object)
  const total = refunded ? Math.max(amount, amount_refunded ?? 0) : (amount_refunded ?? 0)
  return [{ kind: 'refund-total', payment: payment_intent ?? chargeId, total, aliases: listOf(chargeId) }]
}

const refund = z.object({
  id,
  amount: money,
  status: z.string().nullish(),
  payment_intent: reference.optional(),
  charge: reference.optional(),
})

function refundChanged(object: Record<string, unknown>): Fact[] {
  const { id: refundId, amount, status, ...of } = refund.parse(object)
  const payment = of.payment_intent ?? of.charge
  if (!payment) return []
  const state = status === 'failed' || status === 'canceled' ? 'failed' : 'made'
  return [{ kind: 'refund', payment, refund: refundId, amount, state }]
}

const dispute = z.object({
  id,
  status: z.string(),
  payment_intent: reference.optional(),
  charge: reference.optional(),
})

const disputeStates: Record<string, 'won' | 'lost' | 'warning'> = {
  won: 'won',
  lost: 'lost',
  // An early warning: no money has moved, and a closed one never moved any.
  warning_needs_response: 'warning',
  warning_under_review: 'warning',
  warning_closed: 'warning',
  prevented: 'won',
}

function disputeChanged(object: Record<string, unknown>): Fact[] {
  const { id: disputeId, status, ...of } = dispute.parse(object)
  const payment = of.payment_intent ?? of.charge
  return payment ? [{ kind: 'dispute', payment, dispute: disputeId, state: disputeStates[status] ?? 'open' }] : []
}

const listOf = (one: string | undefined): string[] => (one === undefined ? [] : [one])
