import type { PayPalKind } from '../../double/types.ts'
import { secondOf, upTo } from '../facts.ts'
import type { EventLabel } from '../labels.ts'
import type { ModelEvent, Terms } from '../terms.ts'
import { authorization, capture, dispute, order, type Resource, refund, reversal } from './objects.ts'

type Facts = readonly EventLabel[]
type Build = (terms: Terms, facts: Facts) => Resource

interface Entry {
  type: string
  /** PayPal's `resource_type`. */
  of: string
  version: string
  summary: string
  resource: Build
}

const captured = (type: string, summary: string): Entry => ({
  type,
  of: 'capture',
  version: '2.0',
  summary,
  resource: capture,
})

const refunded = (of: 'part' | 'rest' | 'full'): Entry => ({
  type: 'PAYMENT.CAPTURE.REFUNDED',
  of: 'refund',
  version: '2.0',
  summary: 'A capture payment was refunded',
  resource: (terms, facts) => refund(terms, facts, of),
})

const disputed = (type: string, summary: string): Entry => ({
  type,
  of: 'dispute',
  version: '1.0',
  summary,
  resource: dispute,
})

/** Which event announces a fact, and of what it speaks. */
const table: Partial<Record<EventLabel, Entry>> = {
  processing: captured('PAYMENT.CAPTURE.PENDING', 'Payment pending'),
  failed: captured('PAYMENT.CAPTURE.DENIED', 'Payment denied'),
  authorized: {
    type: 'PAYMENT.AUTHORIZATION.CREATED',
    of: 'authorization',
    version: '2.0',
    summary: 'An authorization was created',
    resource: authorization,
  },
  cap: captured('PAYMENT.CAPTURE.COMPLETED', 'Payment completed'),
  order: {
    type: 'CHECKOUT.ORDER.COMPLETED',
    of: 'checkout-order',
    version: '2.0',
    summary: 'Checkout order completed',
    resource: order,
  },
  part: refunded('part'),
  rest: refunded('rest'),
  full: refunded('full'),
  reversed: {
    type: 'PAYMENT.CAPTURE.REVERSED',
    of: 'refund',
    version: '2.0',
    summary: 'A capture payment was reversed',
    resource: reversal,
  },
  disputed: disputed('CUSTOMER.DISPUTE.CREATED', 'A new dispute opened'),
  won: disputed('CUSTOMER.DISPUTE.RESOLVED', 'A dispute was resolved'),
  lost: disputed('CUSTOMER.DISPUTE.RESOLVED', 'A dispute was resolved'),
  unknown: captured('PAYMENT.CAPTURE.PARTIALLY-OBSERVED', 'Something new'),
}

export const paypalLabels: readonly EventLabel[] = Object.keys(table) as EventLabel[]

/** The event as PayPal sends it. */
export function paypalEvent(terms: Terms, label: EventLabel, id: string): ModelEvent {
  const entry = table[label]
  if (!entry) throw new Error(`PayPal has no event ${label}`)
  const created = terms.began + (terms.spec.sameSecond ? 0 : secondOf(label))
  return {
    label,
    id,
    type: entry.type,
    body: {
      id,
      event_version: '1.0',
      create_time: new Date(created * 1000).toISOString(),
      resource_type: entry.of,
      resource_version: entry.version,
      event_type: entry.type,
      summary: entry.summary,
      resource: entry.resource(terms, upTo(label, [label])),
      links: [
        { href: `https://api.sandbox.paypal.com/v1/notifications/webhooks-events/${id}`, rel: 'self', method: 'GET' },
      ],
    },
  }
}

/** The current state of everything that these facts made. */
export function paypalObjects(terms: Terms, facts: Facts): { kind: PayPalKind; resource: Resource }[] {
  if (facts.length === 0) return []
  const has = (label: EventLabel) => facts.includes(label)
  const refunds = (['part', 'rest', 'full'] as const).filter(has)
  return [
    { kind: 'order', resource: order(terms, facts) },
    { kind: 'capture', resource: capture(terms, facts) },
    ...refunds.map((of) => ({ kind: 'refund' as const, resource: refund(terms, facts, of) })),
    ...(has('disputed') ? [{ kind: 'dispute' as const, resource: dispute(terms, facts) }] : []),
  ]
}
