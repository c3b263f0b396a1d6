import { checkSharing } from '../connect/share.ts'
import { declines } from '../declines.ts'
import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { captureCharge, chargeMethod, declineCharge } from '../payment/charge.ts'
import { errorFields } from '../payment/confirm.ts'
import { moveIntent } from '../payment/intent.ts'
import { checkChargeAmount, readCurrency } from '../payment/money.ts'
import { behaviourOf } from '../payment/payment-method.ts'
import { sourceMethod } from '../payment/source.ts'

/** The older way to charge a card: docs.stripe.com/api/charges. Payment intents make their charges themselves. */
export const charges = defineResource({
  object: 'charge',
  indexes: ['payment_intent', 'customer', 'payment_method'],
  events: { create: false },

  operations: {
    'POST /v1/charges'(ctx) {
      const params = ctx.params as ChargeParams
      if (params.amount === undefined)
        throw stripeError(400, 'parameter_missing', 'Missing required param: amount.', 'amount')
      if (!params.currency) throw stripeError(400, 'parameter_missing', 'Missing required param: currency.', 'currency')
      const currency = readCurrency(params.currency)
      checkChargeAmount(params.amount, currency)
      const method = sourceMethod(ctx, params.source, params.customer)
      const { amount, capture = true, customer = null, description = null, metadata, receipt_email = null } = params
      const { application_fee_amount = null, on_behalf_of = null, transfer_data = null, transfer_group = null } = params
      checkSharing(ctx, { amount, application_fee_amount, currency, on_behalf_of, transfer_data })
      const shared = { application_fee_amount, on_behalf_of, transfer_data, transfer_group }
      const fields = { ...shared, customer, description, metadata: metadata ?? {}, receipt_email }
      const order = { amount, currency, method, capture, fields }
      const { decline, declineOnCharge } = behaviourOf(method)
      const refusal = decline ?? declineOnCharge
      if (!refusal) return chargeMethod(ctx, order)
      const reason = declines[refusal]
      const { id } = declineCharge(ctx, order, reason)
      throw stripeError(402, reason.code, reason.message, undefined, { ...errorFields(reason), charge: id })
    },
  },

  actions: {
    capture(ctx) {
      const { object, params, tables } = ctx
      if (object.captured)
        throw stripeError(400, 'charge_already_captured', `Charge ${object.id} has already been captured.`)
      if (object.refunded)
        throw stripeError(400, 'charge_already_refunded', `Charge ${object.id} has already been refunded.`)
      const amount = params.amount ?? object.amount
      if (amount < 1 || amount > object.amount)
        throw stripeError(400, 'amount_too_large', 'Amount must be between 1 and the authorized amount.', 'amount')
      const captured = captureCharge(ctx, object, amount)
      const intent = object.payment_intent ? tables.payment_intent.get(object.payment_intent) : undefined
      if (intent)
        moveIntent(
          ctx,
          intent,
          { amount_capturable: 0, amount_received: amount, status: 'succeeded' },
          'payment_intent.succeeded',
        )
      return captured
    },
  },
})

interface ChargeParams {
  amount?: number
  currency?: string
  source?: string
  customer?: string
  capture?: boolean
  description?: string
  metadata?: Record<string, string>
  receipt_email?: string
  application_fee_amount?: number
  on_behalf_of?: string
  transfer_data?: { destination: string; amount?: number }
  transfer_group?: string
}
