import type { CardBehaviour } from '../cards.ts'
import { applicationFeeOf, shareCharge } from '../connect/share.ts'
import type { Decline } from '../declines.ts'
import type { Context } from '../define.ts'
import { openReview } from '../radar/review.ts'
import type { Given, Stored } from '../wire.ts'
import { grantedTerms } from './authorization.ts'
import { book, feeOf } from './balance.ts'
import { openDispute, reportFraud } from './dispute.ts'
import { behaviourOf, noBillingDetails, type PaymentMethod } from './payment-method.ts'

export type Charge = Stored<'charge'>

export interface ChargeOrder {
  amount: number
  currency: string
  method: PaymentMethod
  capture: boolean
  /** The 3-D Secure challenge was passed. */
  authenticated?: boolean
  /** Customer, description, metadata, payment intent and the like. */
  fields: Given<Charge>
}

/** Charges a payment method that the bank accepts; emits `charge.succeeded` and what the test card adds to it. */
export function chargeMethod(ctx: Context, order: ChargeOrder): Charge {
  const { amount, capture, currency, method } = order
  const behaviour = behaviourOf(method)
  const charge = ctx.tables.charge.create({
    ...commonFields(ctx, order, behaviour),
    amount_captured: capture ? amount : 0,
    captured: capture,
    outcome: acceptedOutcome(behaviour),
    paid: true,
    status: 'succeeded',
  })
  const settled = capture ? settle(ctx, charge, amount, currency, behaviour) : charge
  ctx.emit('charge.succeeded', settled)
  if (behaviour.fraudWarning) reportFraud(ctx, settled)
  if (behaviour.risk === 'elevated') openReview(ctx, settled)
  return behaviour.dispute && capture ? openDispute(ctx, settled, behaviour) : settled
}

/** A charge that the bank refused; emits `charge.failed`. */
export function declineCharge(ctx: Context, order: ChargeOrder, decline: Decline): Charge {
  const behaviour = behaviourOf(order.method)
  const charge = ctx.tables.charge.create({
    ...commonFields(ctx, order, behaviour),
    amount_captured: 0,
    captured: false,
    failure_code: decline.code,
    failure_message: decline.message,
    outcome: declinedOutcome(behaviour, decline),
    paid: false,
    status: 'failed',
  })
  ctx.emit('charge.failed', charge)
  return charge
}

/**
 * Takes `amount` of an authorised charge. With the last capture the rest is released, which Stripe shows as refunded; until then the charge
 * is not `captured`. Rules: docs.stripe.com/payments/multicapture.
 */
export function captureCharge(ctx: Context, charge: Charge, amount: number, isFinal = true): Charge {
  const amount_captured = charge.amount_captured + amount
  const captured = ctx.tables.charge.patch(charge.id, {
    amount_captured,
    amount_refunded: charge.amount_refunded + (isFinal ? Math.max(0, charge.amount - amount_captured) : 0),
    captured: isFinal,
  })
  const method = ctx.tables.payment_method.get(charge.payment_method ?? '')
  const behaviour = method ? behaviourOf(method) : {}
  const settled = amount > 0 ? settle(ctx, captured, amount, charge.currency, behaviour) : captured
  ctx.emit('charge.captured', settled)
  return behaviour.dispute && isFinal ? openDispute(ctx, settled, behaviour) : settled
}

function settle(ctx: Context, charge: Charge, amount: number, currency: string, behaviour: CardBehaviour): Charge {
  const { id } = book(ctx, {
    type: 'charge',
    amount,
    fee: feeOf(amount),
    applicationFee: applicationFeeOf(ctx, charge, amount),
    currency,
    source: charge.id,
    description: charge.description,
    reporting_category: 'charge',
    availableNow: behaviour.availableNow ?? false,
  })
  const settled = ctx.tables.charge.patch(charge.id, { balance_transaction: id })
  // Of several captures each is shared by itself.
  return shareCharge(ctx, { ...settled, amount_captured: amount })
}

/** What every charge of a payment method has. */
export function commonFields(ctx: Context, order: ChargeOrder, behaviour: CardBehaviour): Given<Charge> {
  const { amount, currency, method } = order
  const id = ctx.newId('charge')
  return {
    id,
    amount,
    amount_refunded: 0,
    billing_details: method.billing_details ?? noBillingDetails,
    calculated_statement_descriptor: 'GATEKIT SANDBOX',
    currency,
    disputed: false,
    fraud_details: {},
    metadata: {},
    payment_method: method.id,
    payment_method_details: methodDetails(order, behaviour, grantedTerms(ctx, order.fields.payment_intent, amount)),
    receipt_url: ctx.url(`/receipts/${id}`),
    refunded: false,
    ...order.fields,
  }
}

function methodDetails(
  { amount, authenticated, method }: ChargeOrder,
  behaviour: CardBehaviour,
  terms: ReturnType<typeof grantedTerms>,
): Given<Charge>['payment_method_details'] {
  if (!method.card) return { type: method.type }
  const { brand, checks, country, exp_month, exp_year, fingerprint, funding, last4, wallet } = method.card
  const { line1, postal_code } = method.billing_details.address ?? {}
  return {
    type: 'card',
    card: {
      amount_authorized: amount,
      authorization_code: '123456',
      brand,
      checks: {
        address_line1_check: line1 ? (behaviour.address_line1_check ?? 'pass') : null,
        address_postal_code_check: postal_code ? (behaviour.address_postal_code_check ?? 'pass') : null,
        cvc_check: checks?.cvc_check ?? null,
      },
      country,
      exp_month,
      exp_year,
      fingerprint: fingerprint ?? null,
      funding,
      installments: null,
      last4,
      mandate: null,
      network: brand,
      network_token: { used: false },
      ...terms,
      regulated_status: 'unregulated',
      three_d_secure: authenticated
        ? {
            authentication_flow: 'challenge',
            electronic_commerce_indicator: '05',
            exemption_indicator: null,
            result: 'authenticated',
            result_reason: null,
            transaction_id: '7c5f2ae1-3b0d-4b6e-9d0a-6f1b8e0c9a54',
            version: '2.2.0',
          }
        : null,
      wallet,
    },
  }
}

const acceptedOutcome = ({ risk }: CardBehaviour): Given<Charge>['outcome'] => ({
  network_status: 'approved_by_network',
  reason: risk === 'elevated' ? 'elevated_risk_level' : null,
  risk_level: risk ?? 'normal',
  risk_score: risk === 'elevated' ? 70 : 12,
  seller_message: 'Payment complete.',
  type: risk === 'elevated' ? 'manual_review' : 'authorized',
})

function declinedOutcome({ blocked, risk }: CardBehaviour, decline: Decline): Given<Charge>['outcome'] {
  if (blocked)
    return {
      network_status: 'not_sent_to_network',
      reason: risk === 'highest' ? 'highest_risk_level' : 'rule',
      risk_level: risk ?? 'highest',
      risk_score: 92,
      seller_message: 'Stripe blocked this payment as too risky.',
      type: 'blocked',
    }
  return {
    advice_code: decline.advice_code ?? null,
    network_advice_code: null,
    network_decline_code: null,
    network_status: 'declined_by_network',
    reason: decline.decline_code,
    risk_level: 'normal',
    risk_score: 12,
    seller_message: 'The bank did not return any further details with this decline.',
    type: 'issuer_declined',
  }
}
