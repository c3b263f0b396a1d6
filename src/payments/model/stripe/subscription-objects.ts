import type { StripeObject } from '../../double/types.ts'
import { secondOf } from '../facts.ts'
import type { EventLabel } from '../labels.ts'
import type { Terms } from '../terms.ts'
import { sessionFrame } from './payment-objects.ts'

type Facts = readonly EventLabel[]

const monthSeconds = 30 * 86_400

export const subscriptionStatus = (facts: Facts): string => {
  if (facts.includes('sd')) return 'canceled'
  if (facts.includes('pastDue') && !facts.includes('renew')) return 'past_due'
  return facts.includes('sc') ? 'active' : 'incomplete'
}

/** Both the fields that older API versions have on the subscription and those that newer ones have on its items. */
export function subscription(terms: Terms, facts: Facts): StripeObject {
  const { ids, amount, currency, began } = terms
  const status = subscriptionStatus(facts)
  const period = {
    current_period_start: began,
    current_period_end: began + (facts.includes('renew') ? 2 : 1) * monthSeconds,
  }
  const price = recurringPrice(terms)
  const isParent = terms.spec.invoiceShape !== 'legacy'
  const ended = status === 'canceled' ? began + secondOf('sd') : null
  return {
    id: ids.subscription,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: began,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: ended,
    cancellation_details: { comment: null, feedback: null, reason: ended === null ? null : 'cancellation_requested' },
    collection_method: 'charge_automatically',
    created: began,
    currency,
    ...(!isParent && period),
    customer: ids.customer,
    days_until_due: null,
    default_payment_method: ids.paymentMethod,
    description: null,
    discounts: [],
    ended_at: ended,
    items: {
      object: 'list',
      data: [
        {
          id: ids.item,
          object: 'subscription_item',
          created: began,
          ...(isParent && period),
          discounts: [],
          metadata: {},
          plan: {
            id: ids.recurringPrice,
            object: 'plan',
            active: true,
            amount,
            currency,
            interval: 'month',
            product: ids.product,
          },
          price,
          quantity: 1,
          subscription: ids.subscription,
          tax_rates: [],
        },
      ],
      has_more: false,
      total_count: 1,
      url: `/v1/subscription_items?subscription=${ids.subscription}`,
    },
    latest_invoice: facts.includes('renew') ? ids.renewal : ids.invoice,
    livemode: terms.livemode,
    metadata: terms.metadata ?? {},
    pending_setup_intent: null,
    schedule: null,
    start_date: began,
    status,
    test_clock: null,
    trial_end: null,
    trial_start: null,
  }
}

const recurringPrice = ({ ids, amount, currency, began, livemode }: Terms) => ({
  id: ids.recurringPrice,
  object: 'price',
  active: true,
  billing_scheme: 'per_unit',
  created: began,
  currency,
  livemode,
  lookup_key: null,
  metadata: {},
  nickname: null,
  product: ids.product,
  recurring: { interval: 'month', interval_count: 1, meter: null, trial_period_days: null, usage_type: 'licensed' },
  type: 'recurring',
  unit_amount: amount,
  unit_amount_decimal: String(amount),
})

/** `parent.subscription_details` since API version 2025-03-31, `subscription` and `subscription_details` before. */
export function invoice(terms: Terms, facts: Facts, which: 'first' | 'renewal'): StripeObject {
  const { ids, amount, currency, began } = terms
  const details = { metadata: terms.metadata ?? {}, subscription: ids.subscription }
  const isParent = terms.spec.invoiceShape !== 'legacy'
  const isPaid = which === 'first' ? facts.includes('sc') : facts.includes('renew')
  const id = which === 'first' ? ids.invoice : ids.renewal
  const start = which === 'first' ? began : began + monthSeconds
  const line = {
    id: `il_${id.slice(3)}`,
    object: 'line_item',
    amount,
    currency,
    description: '1 × Club',
    livemode: terms.livemode,
    metadata: terms.metadata ?? {},
    period: { start, end: start + monthSeconds },
    quantity: 1,
    ...(isParent
      ? {
          parent: {
            type: 'subscription_item_details',
            subscription_item_details: { subscription: ids.subscription, subscription_item: ids.item },
          },
          pricing: {
            type: 'price_details',
            price_details: { price: ids.recurringPrice, product: ids.product },
            unit_amount_decimal: String(amount),
          },
        }
      : {
          price: recurringPrice(terms),
          subscription: ids.subscription,
          subscription_item: ids.item,
          type: 'subscription',
        }),
  }
  return {
    id,
    object: 'invoice',
    amount_due: amount,
    amount_paid: isPaid ? amount : 0,
    amount_remaining: isPaid ? 0 : amount,
    attempt_count: 1,
    attempted: true,
    auto_advance: false,
    billing_reason: which === 'first' ? 'subscription_create' : 'subscription_cycle',
    collection_method: 'charge_automatically',
    created: start,
    currency,
    customer: ids.customer,
    customer_email: terms.email,
    lines: { object: 'list', data: [line], has_more: false, total_count: 1, url: `/v1/invoices/${id}/lines` },
    livemode: terms.livemode,
    metadata: {},
    number: `GK-${id.slice(-8).toUpperCase()}`,
    ...(isParent
      ? { parent: { quote_details: null, subscription_details: details, type: 'subscription_details' } }
      : {
          paid: isPaid,
          payment_intent: ids.payment,
          charge: ids.charge,
          subscription: ids.subscription,
          subscription_details: { metadata: details.metadata },
        }),
    period_end: start,
    period_start: start,
    status: isPaid ? 'paid' : 'open',
    subtotal: amount,
    total: amount,
  }
}

export const subscriptionSession = (terms: Terms): StripeObject => ({
  ...sessionFrame(terms),
  amount_subtotal: terms.amount,
  amount_total: terms.amount,
  currency: terms.currency,
  mode: 'subscription',
  payment_intent: null,
  payment_status: 'paid',
  status: 'complete',
  subscription: terms.ids.subscription,
  invoice: terms.ids.invoice,
})
