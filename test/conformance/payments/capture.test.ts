import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import { type Behaviour, checkBehaviours } from '../behaviour.ts'
import { eventTypes, openAccount, pay, refusal } from '../sandbox.ts'

const authorize = (stripe: Stripe, more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
  pay(stripe, 1000, 'pm_card_bypassPending', { capture_method: 'manual', ...more })

const behaviours: Behaviour[] = [
  {
    promise: 'up to a fifth more is captured where overcapture was asked for',
    page: 'payments/overcapture',
    async check(stripe) {
      const { id, latest_charge } = await authorize(stripe, {
        payment_method_options: { card: { request_overcapture: 'if_available' } },
      })
      const charge = await stripe.charges.retrieve(String(latest_charge))
      assert.deepEqual(charge.payment_method_details?.card?.overcapture, {
        maximum_amount_capturable: 1200,
        status: 'available',
      })
      await refusal(stripe.paymentIntents.capture(id, { amount_to_capture: 1201 }))

      const captured = await stripe.paymentIntents.capture(id, { amount_to_capture: 1200 })

      assert.equal(captured.amount_received, 1200)
      assert.equal((await stripe.refunds.create({ payment_intent: id })).amount, 1200)
      assert.equal((await stripe.charges.retrieve(charge.id)).refunded, true)
    },
  },
  {
    promise: 'without asking, no more than the authorised amount is captured',
    page: 'error-codes#amount-too-large',
    async check(stripe) {
      const { id } = await authorize(stripe)
      const error = await refusal(stripe.paymentIntents.capture(id, { amount_to_capture: 1001 }))
      assert.deepEqual([error.code, error.param], ['amount_too_large', 'amount_to_capture'])
    },
  },
  {
    promise: 'several captures take parts of one authorisation; the last one releases the rest',
    page: 'payments/multicapture',
    async check(stripe) {
      const { id, latest_charge } = await authorize(stripe, {
        payment_method_options: { card: { request_multicapture: 'if_available' } },
      })
      const charge = String(latest_charge)
      const first = await stripe.paymentIntents.capture(id, { amount_to_capture: 300, final_capture: false })
      assert.deepEqual([first.status, first.amount_capturable, first.amount_received], ['requires_capture', 700, 300])
      await refusal(stripe.refunds.create({ payment_intent: id, amount: 301 }))
      await refusal(stripe.paymentIntents.capture(id, { amount_to_capture: 701, final_capture: false }))
      await stripe.paymentIntents.capture(id, { amount_to_capture: 200, final_capture: false })

      const last = await stripe.paymentIntents.capture(id, { amount_to_capture: 100, final_capture: true })

      assert.deepEqual([last.status, last.amount_capturable, last.amount_received], ['succeeded', 0, 600])
      const { amount_captured, amount_refunded, captured } = await stripe.charges.retrieve(charge)
      assert.deepEqual([amount_captured, amount_refunded, captured], [600, 400, true])
      const { data } = await stripe.balanceTransactions.list({ source: charge })
      assert.deepEqual(
        data.map(({ amount }) => amount),
        [100, 200, 300],
      )
      assert.equal((await stripe.refunds.create({ payment_intent: id })).amount, 600)
      const types = await eventTypes(stripe)
      assert.deepEqual(
        types.filter((type) => /captur|payment_intent.succeeded/.test(type)),
        [
          'payment_intent.amount_capturable_updated',
          'charge.captured',
          'payment_intent.amount_capturable_updated',
          'charge.captured',
          'payment_intent.amount_capturable_updated',
          'charge.captured',
          'payment_intent.succeeded',
        ],
      )
    },
  },
  {
    promise: 'a last capture of nothing, or a cancellation, lets the rest go',
    page: 'payments/multicapture',
    async check(stripe) {
      const payment_method_options = { card: { request_multicapture: 'if_available' } } as const
      const one = await authorize(stripe, { payment_method_options })
      await stripe.paymentIntents.capture(one.id, { amount_to_capture: 300, final_capture: false })
      const done = await stripe.paymentIntents.capture(one.id, { amount_to_capture: 0, final_capture: true })
      assert.deepEqual([done.status, done.amount_received], ['succeeded', 300])
      const two = await authorize(stripe, { payment_method_options })
      await stripe.paymentIntents.capture(two.id, { amount_to_capture: 300, final_capture: false })
      await stripe.paymentIntents.cancel(two.id)
      const charge = await stripe.charges.retrieve(String(two.latest_charge))
      assert.deepEqual([charge.amount_captured, charge.amount_refunded, charge.refunded], [300, 700, false])
    },
  },
  {
    promise: 'all that is left is the last capture; without multicapture there is only one',
    page: 'payments/multicapture',
    async check(stripe) {
      const { id } = await authorize(stripe, {
        payment_method_options: { card: { request_multicapture: 'if_available' } },
      })
      const all = await stripe.paymentIntents.capture(id, { amount_to_capture: 1000, final_capture: false })
      assert.equal(all.status, 'succeeded')
      const plain = await authorize(stripe)
      const error = await refusal(
        stripe.paymentIntents.capture(plain.id, { amount_to_capture: 300, final_capture: false }),
      )
      assert.equal(error.param, 'final_capture')
    },
  },
  {
    promise: 'nothing is in the balance before the capture, the captured part and its fee after it',
    page: 'payments/place-a-hold-on-a-payment-method',
    async check(stripe) {
      const { id } = await authorize(stripe)
      assert.equal((await stripe.balance.retrieve()).available[0]?.amount, 0)
      await stripe.paymentIntents.capture(id, { amount_to_capture: 600 })
      assert.equal((await stripe.balance.retrieve()).available[0]?.amount, 600 - 47)
    },
  },
  {
    promise: 'the application fee can be set when capturing, and the destination gets what was captured',
    page: 'api/payment_intents/capture',
    async check(stripe) {
      const destination = await openAccount(stripe)
      const { id } = await authorize(stripe, { transfer_data: { destination } })
      await stripe.paymentIntents.capture(id, { amount_to_capture: 800, application_fee_amount: 100 })
      const { available } = await stripe.balance.retrieve({}, { stripeAccount: destination })
      assert.equal(available[0]?.amount, 700)
    },
  },
  {
    promise: 'verification_method instant debits a typed-in account without deposits',
    page: 'payments/ach-direct-debit/accept-a-payment',
    async check(stripe, sandbox) {
      const intent = await stripe.paymentIntents.create({
        amount: 2000,
        currency: 'usd',
        confirm: true,
        allowed_payment_method_types: ['us_bank_account'],
        payment_method_data: {
          type: 'us_bank_account',
          us_bank_account: {
            account_holder_type: 'individual',
            account_number: '000123456789',
            routing_number: '110000000',
          },
          billing_details: { name: 'Jenny Rosen' },
        },
        payment_method_options: { us_bank_account: { verification_method: 'instant' } },
      })
      assert.equal(intent.status, 'processing')
      sandbox.advance(5)
      assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, 'succeeded')
    },
  },
  {
    promise: 'an account that chooses to be paid out daily is',
    page: 'api/balance-settings',
    async check(stripe, sandbox) {
      const settings = await stripe.balanceSettings.update({
        payments: { payouts: { schedule: { interval: 'daily' } } },
      })
      assert.equal(settings.payments.payouts?.schedule?.interval, 'daily')
      await pay(stripe, 1000)
      sandbox.advance(2 * 86_400)
      assert.deepEqual(
        (await stripe.payouts.list()).data.map(({ amount, automatic }) => [amount, automatic]),
        [[941, true]],
      )
    },
  },
]

await checkBehaviours(behaviours)
