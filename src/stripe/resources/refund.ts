import { unshareCharge } from '../connect/share.ts'
import { type Context, defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { behaviourOf } from '../payment/payment-method.ts'
import { bookRefund, refundableAmount, unbookRefund } from '../payment/refund.ts'
import { closeReview } from '../radar/review.ts'
import type { Given, Stored } from '../wire.ts'

/** Seconds until the bank answers: with its reference, or, for the test cards that do so, with success or failure. */
const settleAfter = 5

/** Refunds at most what is left of the charge. Rules: docs.stripe.com/refunds; test cards: docs.stripe.com/testing#refunds. */
export const refunds = defineResource({
  object: 'refund',
  indexes: ['charge', 'payment_intent'],
  events: { create: false, update: false },

  create(ctx) {
    const { id, params } = ctx
    const charge = chargeOf(ctx, params.charge, params.payment_intent)
    const amount = refundableAmount(ctx, charge, params.amount)
    const { charge: refunded, fields } = bookRefund(ctx, id, charge, amount)
    const { reason = null, refund_application_fee, reverse_transfer } = params
    const transfer_reversal = unshareCharge(ctx, charge, {
      amount,
      refund: id,
      refund_application_fee,
      reverse_transfer,
    })
    const refund = ctx.save({ ...fields, metadata: params.metadata ?? {}, reason, transfer_reversal })
    ctx.emit('charge.refunded', refunded, { amount_refunded: charge.amount_refunded, refunded: charge.refunded })
    ctx.emit('refund.created', refund)
    const review = ctx.tables.review.by('charge', charge.id)[0]
    closeReview(ctx, review, reason === 'fraudulent' ? 'refunded_as_fraud' : 'refunded')
    ctx.schedule('refund', 'settle', id, ctx.now + settleAfter)
    return refund
  },

  update(ctx) {
    announce(ctx, ctx.id)
    return undefined
  },

  actions: {
    cancel(ctx) {
      const { object } = ctx
      if (object.status !== 'requires_action' && object.status !== 'pending')
        throw stripeError(
          400,
          undefined,
          `A refund with status ${object.status} cannot be canceled. Only refunds with a status of requires_action can be canceled.`,
        )
      const failure_balance_transaction = unbookRefund(ctx, object)
      announce(ctx, ctx.id)
      return { status: 'canceled', failure_balance_transaction }
    },
  },

  jobs: {
    settle(ctx) {
      const { id, object, tables } = ctx
      if (object.status !== 'pending' && object.status !== 'succeeded') return
      if (object.status === 'pending' || !failsLater(ctx, object)) {
        tables.refund.patch(id, { status: 'succeeded', destination_details: settledDetails(id) })
        return announce(ctx, id)
      }
      const failure_balance_transaction = unbookRefund(ctx, object)
      tables.refund.patch(id, {
        failure_balance_transaction,
        failure_reason: 'expired_or_canceled_card',
        status: 'failed',
      })
      announce(ctx, id)
      ctx.emit('refund.failed', id)
    },
  },
})

/** The bank's reference for the refund, which comes some seconds after it. */
const settledDetails = (id: string): Given<Stored<'refund'>>['destination_details'] => ({
  card: {
    reference: id.replace(/\D/g, '').padEnd(15, '7').slice(0, 15),
    reference_status: 'available',
    reference_type: 'acquirer_reference_number',
    type: 'refund',
  },
  type: 'card',
})

function announce(ctx: Context, id: string): void {
  ctx.emit('refund.updated', id)
  ctx.emit('charge.refund.updated', id)
}

function failsLater(ctx: Context, refund: Stored<'refund'>): boolean {
  const charge = ctx.tables.charge.get(refund.charge ?? '')
  const method = ctx.tables.payment_method.get(charge?.payment_method ?? '')
  return method !== undefined && behaviourOf(method).refund === 'fails'
}

function chargeOf(ctx: Context, charge: string | undefined, intentId: string | undefined): Stored<'charge'> {
  if (charge) {
    const found = ctx.tables.charge.need(charge, 'charge')
    if (!found.paid)
      throw stripeError(400, 'charge_not_refundable', `Charge ${charge} cannot be refunded because it did not succeed.`)
    return found
  }
  if (!intentId)
    throw stripeError(
      400,
      'parameter_missing',
      'One of the following params should be provided for this request: payment_intent or charge.',
    )
  const intent = ctx.tables.payment_intent.need(intentId, 'payment_intent')
  const latest = ctx.tables.charge.get(intent.latest_charge ?? '')
  if (latest?.paid) return latest
  throw stripeError(
    400,
    undefined,
    `This PaymentIntent (${intentId}) does not have a successful charge to refund.`,
    'payment_intent',
  )
}
