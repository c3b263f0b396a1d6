import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import { refusalOf } from '../../support/stripe.ts'
import { type Behaviour, eventTypes, runBehaviours } from './run.ts'

const pay = (stripe: Stripe, card = 'pm_card_visa') =>
  stripe.paymentIntents.create({ amount: 2000, currency: 'usd', payment_method: card, confirm: true })

const behaviours: Behaviour[] = [
  [
    'a refund without an amount gives everything back',
    'refunds',
    async ({ stripe }) => {
      const { id, latest_charge } = await pay(stripe)
      const refund = await stripe.refunds.create({ payment_intent: id })
      const charge = await stripe.charges.retrieve(latest_charge as string)
      assert.deepEqual([refund.amount, refund.status, refund.charge], [2000, 'succeeded', latest_charge])
      assert.deepEqual([charge.refunded, charge.amount_refunded], [true, 2000])
    },
  ],
  [
    'a refund can name the charge',
    'api/refunds/create',
    async ({ stripe }) => {
      const { latest_charge } = await pay(stripe)
      const refund = await stripe.refunds.create({ charge: latest_charge as string, reason: 'requested_by_customer' })
      assert.deepEqual([refund.charge, refund.reason], [latest_charge, 'requested_by_customer'])
    },
  ],
  [
    'partial refunds add up',
    'refunds',
    async ({ stripe }) => {
      const { id, latest_charge } = await pay(stripe)
      await stripe.refunds.create({ payment_intent: id, amount: 500 })
      await stripe.refunds.create({ payment_intent: id, amount: 700 })
      const charge = await stripe.charges.retrieve(latest_charge as string)
      assert.deepEqual([charge.refunded, charge.amount_refunded], [false, 1200])
    },
  ],
  [
    'the last partial refund makes the charge refunded',
    'refunds',
    async ({ stripe }) => {
      const { id, latest_charge } = await pay(stripe)
      for (const amount of [1500, 500]) await stripe.refunds.create({ payment_intent: id, amount })
      assert.equal((await stripe.charges.retrieve(latest_charge as string)).refunded, true)
    },
  ],
  [
    'more than is left is refused, and nothing is refunded',
    'refunds',
    async ({ stripe }) => {
      const { id, latest_charge } = await pay(stripe)
      await stripe.refunds.create({ payment_intent: id, amount: 1500 })
      const error = await refusalOf(stripe.refunds.create({ payment_intent: id, amount: 501 }))
      assert.deepEqual([error.statusCode, error.param], [400, 'amount'])
      assert.equal(error.message, 'Refund amount ($5.01) is greater than unrefunded amount on charge ($5.00)')
      assert.equal((await stripe.charges.retrieve(latest_charge as string)).amount_refunded, 1500)
    },
  ],
  [
    'what was refunded entirely cannot be refunded again',
    'error-codes#charge-already-refunded',
    async ({ stripe }) => {
      const { id, latest_charge } = await pay(stripe)
      await stripe.refunds.create({ payment_intent: id })
      const error = await refusalOf(stripe.refunds.create({ payment_intent: id }))
      assert.deepEqual(
        [error.code, error.message],
        ['charge_already_refunded', `Charge ${latest_charge} has already been refunded.`],
      )
    },
  ],
  [
    'an amount of nothing is refused',
    'api/refunds/create',
    async ({ stripe }) => {
      const { id } = await pay(stripe)
      assert.equal(
        (await refusalOf(stripe.refunds.create({ payment_intent: id, amount: 0 }))).code,
        'parameter_invalid_integer',
      )
    },
  ],
  [
    'an intent that was not paid cannot be refunded',
    'refunds',
    async ({ stripe }) => {
      const { id } = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd' })
      const error = await refusalOf(stripe.refunds.create({ payment_intent: id }))
      assert.equal(error.message, `This PaymentIntent (${id}) does not have a successful charge to refund.`)
    },
  ],
  [
    'a refund has to be of something',
    'api/refunds/create',
    async ({ stripe }) => {
      assert.equal((await refusalOf(stripe.refunds.create({}))).statusCode, 400)
    },
  ],
  [
    'a charge nobody made cannot be refunded',
    'api/errors',
    async ({ stripe }) => {
      const error = await refusalOf(stripe.refunds.create({ charge: 'ch_nobody' }))
      assert.deepEqual(
        [error.code, error.param, error.message],
        ['resource_missing', 'charge', "No such charge: 'ch_nobody'"],
      )
    },
  ],
  [
    'a refund takes the money from the balance and keeps the fee',
    'api/balance_transactions/object',
    async ({ stripe }) => {
      const { id } = await pay(stripe)
      const refund = await stripe.refunds.create({ payment_intent: id, expand: ['balance_transaction'] })
      const booked = refund.balance_transaction as Stripe.BalanceTransaction
      assert.deepEqual([booked.amount, booked.fee, booked.type], [-2000, 0, 'refund'])
    },
  ],
  [
    'the events of a refund say what changed',
    'api/events/types#event_types-charge.refunded',
    async ({ stripe }) => {
      const { id } = await pay(stripe)
      await stripe.refunds.create({ payment_intent: id, amount: 500 })
      const { data } = await stripe.events.list({ type: 'charge.refunded' })
      assert.deepEqual(data[0]?.data.previous_attributes, { amount_refunded: 0, refunded: false })
      assert.ok((await eventTypes(stripe)).includes('refund.created'))
    },
  ],
  [
    'the refunds of an intent are listed, newest first',
    'api/refunds/list',
    async ({ stripe }) => {
      const { id } = await pay(stripe)
      for (const amount of [100, 200]) await stripe.refunds.create({ payment_intent: id, amount })
      const { data } = await stripe.refunds.list({ payment_intent: id })
      assert.deepEqual(
        data.map(({ amount }) => amount),
        [200, 100],
      )
    },
  ],
  [
    'a refund can be pending and succeed later',
    'testing#refunds',
    async ({ sandbox, stripe }) => {
      const { id } = await pay(stripe, 'pm_card_pendingRefund')
      const refund = await stripe.refunds.create({ payment_intent: id })
      assert.equal(refund.status, 'pending')
      await sandbox.pass(60)
      assert.equal((await stripe.refunds.retrieve(refund.id)).status, 'succeeded')
      assert.ok((await eventTypes(stripe)).includes('refund.updated'))
    },
  ],
  [
    'a refund can fail later, and the charge is refundable again',
    'testing#refunds',
    async ({ sandbox, stripe }) => {
      const { id, latest_charge } = await pay(stripe, 'pm_card_refundFail')
      const refund = await stripe.refunds.create({ payment_intent: id })
      await sandbox.pass(60)
      const failed = await stripe.refunds.retrieve(refund.id)
      assert.deepEqual(
        [refund.status, failed.status, failed.failure_reason],
        ['succeeded', 'failed', 'expired_or_canceled_card'],
      )
      assert.equal((await stripe.charges.retrieve(latest_charge as string)).amount_refunded, 0)
      assert.ok((await eventTypes(stripe)).includes('refund.failed'))
    },
  ],
  [
    'after a partial capture only what was captured can be refunded',
    'payments/place-a-hold-on-a-payment-method',
    async ({ stripe }) => {
      const { id } = await stripe.paymentIntents.create({
        amount: 2000,
        currency: 'usd',
        payment_method: 'pm_card_visa',
        confirm: true,
        capture_method: 'manual',
      })
      await stripe.paymentIntents.capture(id, { amount_to_capture: 800 })
      assert.equal((await refusalOf(stripe.refunds.create({ payment_intent: id, amount: 801 }))).param, 'amount')
      assert.equal((await stripe.refunds.create({ payment_intent: id })).amount, 800)
    },
  ],
  [
    'metadata of a refund can be changed, its amount cannot',
    'api/refunds/update',
    async ({ stripe }) => {
      const { id } = await stripe.refunds.create({ payment_intent: (await pay(stripe)).id })
      assert.equal((await stripe.refunds.update(id, { metadata: { ticket: '7' } })).metadata?.ticket, '7')
      const error = await refusalOf(stripe.refunds.update(id, { amount: 1 } as Stripe.RefundUpdateParams))
      assert.equal(error.code, 'parameter_unknown')
    },
  ],
]

runBehaviours(behaviours)
