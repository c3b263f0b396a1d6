import { refundedOf, refundsOf, secondOf } from '../facts.ts'
import type { EventLabel } from '../labels.ts'
import type { Terms } from '../terms.ts'
import { money } from './money.ts'

type Facts = readonly EventLabel[]
export interface Resource {
  readonly id: string
  readonly [field: string]: unknown
}

const api = 'https://api.sandbox.paypal.com'
const isoTime = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
const link = (rel: string, path: string, method = 'GET') => ({ href: `${api}${path}`, rel, method })

/** What the shop put in when it made the order: PayPal has one text field where Stripe has metadata. */
const customId = ({ metadata }: Terms) => (metadata === undefined ? {} : { custom_id: JSON.stringify(metadata) })

const captureStatus = (terms: Terms, facts: Facts): string => {
  if (!facts.includes('cap')) return facts.includes('failed') ? 'DECLINED' : 'PENDING'
  const refunded = refundedOf(facts, terms.amount)
  if (refunded === 0) return 'COMPLETED'
  return refunded >= terms.amount ? 'REFUNDED' : 'PARTIALLY_REFUNDED'
}

export function capture(terms: Terms, facts: Facts): Resource {
  const { ids, amount, currency, began } = terms
  const path = `/v2/payments/captures/${ids.payment}`
  const gross = money(amount, currency)
  return {
    id: ids.payment,
    amount: gross,
    final_capture: true,
    seller_protection: { status: 'ELIGIBLE', dispute_categories: ['ITEM_NOT_RECEIVED', 'UNAUTHORIZED_TRANSACTION'] },
    seller_receivable_breakdown: { gross_amount: gross, paypal_fee: money(0, currency), net_amount: gross },
    ...customId(terms),
    status: captureStatus(terms, facts),
    supplementary_data: { related_ids: { order_id: ids.order } },
    create_time: isoTime(began + secondOf('cap')),
    update_time: isoTime(began + secondOf('cap')),
    links: [
      link('self', path),
      link('refund', `${path}/refund`, 'POST'),
      link('up', `/v2/checkout/orders/${ids.order}`),
    ],
  }
}

/** Names its capture only in the link with `rel: up`. */
export function refund(terms: Terms, facts: Facts, of: 'part' | 'rest' | 'full'): Resource {
  const { ids, currency, began } = terms
  const amount = refundsOf(facts, terms.amount).find((each) => each.of === of)?.amount ?? 0
  const gross = money(amount, currency)
  return {
    id: ids[of],
    amount: gross,
    ...customId(terms),
    seller_payable_breakdown: {
      gross_amount: gross,
      paypal_fee: money(0, currency),
      net_amount: gross,
      total_refunded_amount: money(refundedOf(facts, terms.amount), currency),
    },
    status: 'COMPLETED',
    create_time: isoTime(began + secondOf(of)),
    update_time: isoTime(began + secondOf(of)),
    links: [link('self', `/v2/payments/refunds/${ids[of]}`), link('up', `/v2/payments/captures/${ids.payment}`)],
  }
}

/** The money was taken back by PayPal or the buyer's bank. */
export const reversal = (terms: Terms, facts: Facts): Resource => ({
  ...refund(terms, [...facts, 'full'], 'full'),
  id: terms.ids.refund,
})

export const authorization = (terms: Terms): Resource => ({
  id: terms.ids.charge,
  amount: money(terms.amount, terms.currency),
  ...customId(terms),
  status: 'CREATED',
  create_time: isoTime(terms.began + secondOf('authorized')),
  update_time: isoTime(terms.began + secondOf('authorized')),
  links: [
    link('self', `/v2/payments/authorizations/${terms.ids.charge}`),
    link('up', `/v2/checkout/orders/${terms.ids.order}`),
  ],
})

export function order(terms: Terms, facts: Facts): Resource {
  const { ids, amount, currency, began, email } = terms
  return {
    id: ids.order,
    intent: 'CAPTURE',
    status: facts.includes('cap') ? 'COMPLETED' : 'APPROVED',
    payer: {
      email_address: email,
      name: { given_name: 'Ada', surname: 'Example' },
      payer_id: ids.customer.slice(4).toUpperCase(),
    },
    purchase_units: [
      {
        reference_id: 'default',
        amount: money(amount, currency),
        ...customId(terms),
        payments: facts.includes('cap') ? { captures: [capture(terms, facts)] } : {},
      },
    ],
    create_time: isoTime(began),
    update_time: isoTime(began + secondOf('order')),
    links: [link('self', `/v2/checkout/orders/${ids.order}`)],
  }
}

export function dispute(terms: Terms, facts: Facts): Resource {
  const outcome = facts.includes('won')
    ? 'RESOLVED_SELLER_FAVOUR'
    : facts.includes('lost')
      ? 'RESOLVED_BUYER_FAVOUR'
      : undefined
  return {
    id: terms.ids.dispute,
    dispute_id: terms.ids.dispute,
    create_time: isoTime(terms.began + secondOf('disputed')),
    update_time: isoTime(terms.began + secondOf(outcome ? 'lost' : 'disputed')),
    disputed_transactions: [
      {
        seller_transaction_id: terms.ids.payment,
        gross_amount: money(terms.amount, terms.currency),
        custom: customId(terms).custom_id ?? null,
      },
    ],
    reason: 'UNAUTHORISED',
    status: outcome ? 'RESOLVED' : 'OPEN',
    dispute_amount: money(terms.amount, terms.currency),
    ...(outcome && { dispute_outcome: { outcome_code: outcome } }),
    dispute_life_cycle_stage: 'CHARGEBACK',
    links: [link('self', `/v1/customer/disputes/${terms.ids.dispute}`)],
  }
}
