import type { StripeObject } from '../../double/types.ts'
import { refundedOf, refundsOf, secondOf } from '../facts.ts'
import type { EventLabel } from '../labels.ts'
import type { Terms } from '../terms.ts'

type Facts = readonly EventLabel[]

const intentStatus = (facts: Facts): string => {
  if (facts.includes('cap')) return 'succeeded'
  if (facts.includes('authorized')) return 'requires_capture'
  if (facts.includes('failed')) return 'requires_payment_method'
  if (facts.includes('processing') || facts.includes('unpaid')) return 'processing'
  return facts.includes('expired') ? 'canceled' : 'requires_payment_method'
}

const isCharged = (facts: Facts): boolean => facts.includes('cap') || facts.includes('authorized')

export function paymentIntent(terms: Terms, facts: Facts): StripeObject {
  const { ids, amount, currency } = terms
  const status = intentStatus(facts)
  return {
    id: ids.payment,
    object: 'payment_intent',
    amount,
    amount_capturable: status === 'requires_capture' ? amount : 0,
    amount_details: { tip: {} },
    amount_received: status === 'succeeded' ? amount : 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: { allow_redirects: 'always', enabled: true },
    canceled_at: status === 'canceled' ? terms.began + secondOf('expired') : null,
    cancellation_reason: status === 'canceled' ? 'automatic' : null,
    capture_method: facts.includes('authorized') ? 'manual' : 'automatic_async',
    client_secret: `${ids.payment}_secret_${ids.paymentMethod.slice(-16)}`,
    confirmation_method: 'automatic',
    created: terms.began,
    currency,
    customer: ids.customer,
    description: null,
    last_payment_error: status === 'requires_payment_method' && facts.includes('failed') ? declined : null,
    latest_charge: isCharged(facts) ? ids.charge : null,
    livemode: terms.livemode,
    metadata: terms.metadata ?? {},
    next_action: null,
    on_behalf_of: null,
    payment_method: isCharged(facts) ? ids.paymentMethod : null,
    payment_method_options: { card: { installments: null, mandate_options: null, network: null } },
    payment_method_types: ['card'],
    processing: null,
    receipt_email: terms.email,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status,
    transfer_data: null,
    transfer_group: null,
  }
}

const declined = {
  type: 'card_error',
  code: 'card_declined',
  decline_code: 'generic_decline',
  message: 'Your card was declined.',
}

export function charge(terms: Terms, facts: Facts): StripeObject {
  const { ids, amount, currency } = terms
  const refunded = refundedOf(facts, amount)
  return {
    id: ids.charge,
    object: 'charge',
    amount,
    amount_captured: facts.includes('cap') ? amount : 0,
    amount_refunded: refunded,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: ids.balanceTransaction,
    billing_details: { address: null, email: terms.email, name: 'Ada Example', phone: null, tax_id: null },
    calculated_statement_descriptor: 'PACKS',
    captured: facts.includes('cap'),
    created: terms.began + secondOf('cap'),
    currency,
    customer: ids.customer,
    description: null,
    disputed: facts.includes('disputed'),
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    fraud_details: {},
    livemode: terms.livemode,
    metadata: terms.metadata ?? {},
    on_behalf_of: null,
    order: null,
    outcome: {
      network_status: 'approved_by_network',
      reason: null,
      risk_level: 'normal',
      risk_score: 12,
      seller_message: 'Payment complete.',
      type: 'authorized',
    },
    paid: true,
    payment_intent: ids.payment,
    payment_method: ids.paymentMethod,
    payment_method_details: { card: { brand: 'visa', country: 'US', funding: 'credit', last4: '4242' }, type: 'card' },
    receipt_email: terms.email,
    receipt_number: null,
    receipt_url: null,
    refunded: refunded >= amount,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'succeeded',
    transfer_data: null,
    transfer_group: null,
  }
}

export function checkoutSession(terms: Terms, facts: Facts): StripeObject {
  const { ids, amount, currency } = terms
  const isPaid = facts.includes('cap')
  const isExpired = facts.includes('expired')
  const isComplete = !isExpired && (facts.includes('cs') || facts.includes('unpaid') || isPaid)
  return {
    ...sessionFrame(terms),
    amount_subtotal: amount,
    amount_total: amount,
    currency,
    mode: 'payment',
    payment_intent: ids.payment,
    payment_status: isPaid ? 'paid' : 'unpaid',
    status: isExpired ? 'expired' : isComplete ? 'complete' : 'open',
    subscription: null,
    invoice: null,
  }
}

/** What sessions of both modes have. */
export const sessionFrame = (terms: Terms): StripeObject => ({
  id: terms.ids.session,
  object: 'checkout.session',
  after_expiration: null,
  allow_promotion_codes: null,
  automatic_tax: { enabled: false, liability: null, status: null },
  billing_address_collection: null,
  cancel_url: 'https://shop.example.com/cancel',
  client_reference_id: null,
  consent: null,
  created: terms.began,
  customer: terms.ids.customer,
  customer_creation: null,
  customer_details: {
    address: null,
    email: terms.email,
    name: 'Ada Example',
    phone: null,
    tax_exempt: 'none',
    tax_ids: [],
  },
  customer_email: null,
  expires_at: terms.began + 86_400,
  livemode: terms.livemode,
  locale: null,
  metadata: terms.metadata ?? {},
  payment_link: null,
  payment_method_types: ['card'],
  success_url: 'https://shop.example.com/success',
  total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
  ui_mode: 'hosted',
  url: null,
})

export const customer = (terms: Terms): StripeObject => ({
  id: terms.ids.customer,
  object: 'customer',
  balance: 0,
  created: terms.began,
  currency: terms.currency,
  default_source: null,
  delinquent: false,
  description: null,
  discount: null,
  email: terms.email,
  invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
  livemode: terms.livemode,
  metadata: {},
  name: 'Ada Example',
  phone: null,
  preferred_locales: [],
  shipping: null,
  tax_exempt: 'none',
})

/** One refund by the label of its event. */
export function refund(terms: Terms, facts: Facts, of: 'part' | 'rest' | 'full'): StripeObject {
  const amount = refundsOf(facts, terms.amount).find((each) => each.of === of)?.amount ?? 0
  return {
    id: terms.ids[of],
    object: 'refund',
    amount,
    balance_transaction: terms.ids.balanceTransaction,
    charge: terms.ids.charge,
    created: terms.began + secondOf(of),
    currency: terms.currency,
    destination_details: {
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
      type: 'card',
    },
    metadata: {},
    payment_intent: terms.ids.payment,
    reason: 'requested_by_customer',
    receipt_number: null,
    source_transfer_reversal: null,
    status: facts.includes('refundFailed') ? 'failed' : 'succeeded',
    transfer_reversal: null,
    ...(facts.includes('refundFailed') && { failure_reason: 'lost_or_stolen_card' }),
  }
}

export function dispute(terms: Terms, facts: Facts): StripeObject {
  const status = facts.includes('won') ? 'won' : facts.includes('lost') ? 'lost' : 'needs_response'
  return {
    id: terms.ids.dispute,
    object: 'dispute',
    amount: terms.amount,
    balance_transactions: [],
    charge: terms.ids.charge,
    created: terms.began + secondOf('disputed'),
    currency: terms.currency,
    evidence: {},
    evidence_details: { due_by: terms.began + 864_000, has_evidence: false, past_due: false, submission_count: 0 },
    is_charge_refundable: false,
    livemode: terms.livemode,
    metadata: {},
    payment_intent: terms.ids.payment,
    reason: 'fraudulent',
    status,
  }
}
