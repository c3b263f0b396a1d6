import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import { refusalOf } from '../../support/stripe.ts'
import { type Behaviour, eventTypes, runBehaviours } from './run.ts'

const usd = { amount: 2000, currency: 'usd' } as const
const confirmed = (stripe: Stripe, card = 'pm_card_visa', more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
  stripe.paymentIntents.create({ ...usd, payment_method: card, confirm: true, ...more })
const authorised = (stripe: Stripe) => confirmed(stripe, 'pm_card_visa', { capture_method: 'manual' })
const chargeOf = (stripe: Stripe, intent: Stripe.PaymentIntent) =>
  stripe.charges.retrieve(intent.latest_charge as string)

const lifecycle = 'payments/paymentintents/lifecycle'
const testing = 'testing'

/** A card, and what its decline says: docs.stripe.com/testing#declined-payments. */
const declines: readonly (readonly [card: string, code: string, decline_code: string, message: RegExp])[] = [
  ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline', /^Your card was declined\.$/],
  [
    'pm_card_visa_chargeDeclinedInsufficientFunds',
    'card_declined',
    'insufficient_funds',
    /^Your card has insufficient funds\.$/,
  ],
  ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card', /^Your card was declined\.$/],
  ['pm_card_visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card', /^Your card was declined\.$/],
  ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card', /^Your card has expired\.$/],
  [
    'pm_card_chargeDeclinedIncorrectCvc',
    'incorrect_cvc',
    'incorrect_cvc',
    /^Your card's security code is incorrect\.$/,
  ],
  [
    'pm_card_chargeDeclinedProcessingError',
    'processing_error',
    'processing_error',
    /^An error occurred while processing your card\./,
  ],
  ['pm_card_visa_chargeDeclinedVelocityLimitExceeded', 'card_declined', 'card_velocity_exceeded', /too frequently/],
  ['pm_card_radarBlock', 'card_declined', 'fraudulent', /^Your card was declined\.$/],
]

const behaviours: Behaviour[] = [
  [
    'a new intent waits for a payment method',
    lifecycle,
    async ({ stripe }) => {
      const intent = await stripe.paymentIntents.create(usd)
      assert.equal(intent.status, 'requires_payment_method')
      assert.match(intent.client_secret ?? '', new RegExp(`^${intent.id}_secret_`))
    },
  ],
  [
    'an intent with a payment method waits for confirmation',
    lifecycle,
    async ({ stripe }) => {
      const intent = await stripe.paymentIntents.create({ ...usd, payment_method: 'pm_card_visa' })
      assert.equal(intent.status, 'requires_confirmation')
    },
  ],
  [
    'confirming takes the money and makes a charge',
    lifecycle,
    async ({ stripe }) => {
      const { id } = await stripe.paymentIntents.create({ ...usd, description: 'Order 1', metadata: { order: '1' } })
      const intent = await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' })
      const charge = await chargeOf(stripe, intent)
      assert.deepEqual([intent.status, intent.amount_received], ['succeeded', 2000])
      assert.deepEqual(
        [charge.paid, charge.captured, charge.description, charge.metadata.order],
        [true, true, 'Order 1', '1'],
      )
    },
  ],
  [
    'creating and confirming in one call succeeds',
    'api/payment_intents/create',
    async ({ stripe }) => {
      assert.equal((await confirmed(stripe)).status, 'succeeded')
    },
  ],
  [
    'the events of a payment come in order',
    'api/events/types',
    async ({ stripe }) => {
      await confirmed(stripe)
      assert.deepEqual(await eventTypes(stripe), [
        'payment_intent.created',
        'charge.succeeded',
        'payment_intent.succeeded',
      ])
    },
  ],
  [
    'confirming without a payment method is refused',
    lifecycle,
    async ({ stripe }) => {
      const { id } = await stripe.paymentIntents.create(usd)
      const error = await refusalOf(stripe.paymentIntents.confirm(id))
      assert.deepEqual([error.statusCode, error.code], [400, 'payment_intent_unexpected_state'])
      assert.match(error.message, /missing a payment method/)
    },
  ],
  [
    'confirming twice is refused and charges once',
    lifecycle,
    async ({ stripe }) => {
      const { id } = await confirmed(stripe)
      const error = await refusalOf(stripe.paymentIntents.confirm(id))
      assert.match(error.message, /already succeeded after being previously confirmed/)
      assert.equal((await stripe.charges.list({ payment_intent: id })).data.length, 1)
    },
  ],
  [
    'the amount of a paid intent cannot be changed',
    lifecycle,
    async ({ stripe }) => {
      const { id } = await confirmed(stripe)
      const error = await refusalOf(stripe.paymentIntents.update(id, { amount: 3000 }))
      assert.deepEqual([error.code, error.param], ['payment_intent_unexpected_state', 'amount'])
    },
  ],
  [
    'the amount of an open intent can be changed',
    'api/payment_intents/update',
    async ({ stripe }) => {
      const { id } = await stripe.paymentIntents.create(usd)
      assert.equal((await stripe.paymentIntents.update(id, { amount: 3000 })).amount, 3000)
    },
  ],
  [
    'an open intent can be canceled, with a reason',
    'api/payment_intents/cancel',
    async ({ stripe }) => {
      const { id } = await stripe.paymentIntents.create(usd)
      const intent = await stripe.paymentIntents.cancel(id, { cancellation_reason: 'abandoned' })
      assert.deepEqual([intent.status, intent.cancellation_reason], ['canceled', 'abandoned'])
      assert.ok(intent.canceled_at)
    },
  ],
  [
    'a paid intent cannot be canceled',
    'api/payment_intents/cancel',
    async ({ stripe }) => {
      const { id } = await confirmed(stripe)
      const error = await refusalOf(stripe.paymentIntents.cancel(id))
      assert.match(error.message, /^You cannot cancel this PaymentIntent because it has a status of succeeded\./)
    },
  ],
  [
    'a canceled intent cannot be confirmed',
    lifecycle,
    async ({ stripe }) => {
      const { id } = await stripe.paymentIntents.create({ ...usd, payment_method: 'pm_card_visa' })
      await stripe.paymentIntents.cancel(id)
      assert.equal((await refusalOf(stripe.paymentIntents.confirm(id))).code, 'payment_intent_unexpected_state')
    },
  ],
  [
    'manual capture authorises first',
    'payments/place-a-hold-on-a-payment-method',
    async ({ stripe }) => {
      const intent = await authorised(stripe)
      const charge = await chargeOf(stripe, intent)
      assert.deepEqual([intent.status, intent.amount_capturable, intent.amount_received], ['requires_capture', 2000, 0])
      assert.deepEqual([charge.captured, charge.amount_captured, charge.balance_transaction], [false, 0, null])
    },
  ],
  [
    'capturing takes what was authorised',
    'payments/place-a-hold-on-a-payment-method',
    async ({ stripe }) => {
      const intent = await stripe.paymentIntents.capture((await authorised(stripe)).id)
      assert.deepEqual([intent.status, intent.amount_received, intent.amount_capturable], ['succeeded', 2000, 0])
    },
  ],
  [
    'a partial capture releases the rest',
    'payments/place-a-hold-on-a-payment-method',
    async ({ stripe }) => {
      const intent = await stripe.paymentIntents.capture((await authorised(stripe)).id, { amount_to_capture: 750 })
      const charge = await chargeOf(stripe, intent)
      assert.deepEqual([intent.amount_received, charge.amount_captured, charge.amount_refunded], [750, 750, 1250])
    },
  ],
  [
    'more than authorised cannot be captured',
    'payments/place-a-hold-on-a-payment-method',
    async ({ stripe }) => {
      const { id } = await authorised(stripe)
      const error = await refusalOf(stripe.paymentIntents.capture(id, { amount_to_capture: 2001 }))
      assert.deepEqual([error.code, error.param], ['amount_too_large', 'amount_to_capture'])
    },
  ],
  [
    'a second capture is refused',
    'api/payment_intents/capture',
    async ({ stripe }) => {
      const { id } = await authorised(stripe)
      await stripe.paymentIntents.capture(id)
      const error = await refusalOf(stripe.paymentIntents.capture(id))
      assert.match(error.message, /could not be captured because it has already been captured/)
    },
  ],
  [
    'capturing what was never authorised is refused',
    'api/payment_intents/capture',
    async ({ stripe }) => {
      const { id } = await stripe.paymentIntents.create(usd)
      const error = await refusalOf(stripe.paymentIntents.capture(id))
      assert.match(
        error.message,
        /status of requires_payment_method\. Only a PaymentIntent with one of the following statuses may be captured: requires_capture\.$/,
      )
    },
  ],
  [
    'canceling an authorisation lets the money go',
    'payments/place-a-hold-on-a-payment-method',
    async ({ stripe }) => {
      const intent = await stripe.paymentIntents.cancel((await authorised(stripe)).id)
      const charge = await chargeOf(stripe, intent)
      assert.deepEqual([intent.status, intent.amount_capturable, charge.refunded], ['canceled', 0, true])
    },
  ],
  [
    'capture events are told apart',
    'api/events/types',
    async ({ stripe }) => {
      await stripe.paymentIntents.capture((await authorised(stripe)).id)
      const expected = [
        'payment_intent.created',
        'charge.succeeded',
        'payment_intent.amount_capturable_updated',
        'charge.captured',
        'payment_intent.succeeded',
      ]
      assert.deepEqual(await eventTypes(stripe), expected)
    },
  ],
  ...declines.map(
    ([card, code, decline_code, message]): Behaviour => [
      `${card} answers 402 with ${decline_code}`,
      `${testing}#declined-payments`,
      async ({ stripe }) => {
        const error = await refusalOf(confirmed(stripe, card))
        assert.deepEqual(
          [error.type, error.statusCode, error.code, error.decline_code],
          ['StripeCardError', 402, code, decline_code],
        )
        assert.match(error.message, message)
        assert.ok(error.charge)
      },
    ],
  ),
  [
    'a declined intent keeps its error and wants another payment method',
    lifecycle,
    async ({ stripe }) => {
      const error = await refusalOf(confirmed(stripe, 'pm_card_chargeDeclined'))
      const intent = await stripe.paymentIntents.retrieve(error.payment_intent?.id ?? '')
      assert.deepEqual([intent.status, intent.payment_method], ['requires_payment_method', null])
      assert.deepEqual(
        [intent.last_payment_error?.decline_code, intent.last_payment_error?.charge],
        ['generic_decline', error.charge],
      )
      assert.deepEqual(await eventTypes(stripe), [
        'payment_intent.created',
        'charge.failed',
        'payment_intent.payment_failed',
      ])
    },
  ],
  [
    'a declined intent can be paid with another card',
    lifecycle,
    async ({ stripe }) => {
      const error = await refusalOf(confirmed(stripe, 'pm_card_chargeDeclined'))
      const intent = await stripe.paymentIntents.confirm(error.payment_intent?.id ?? '', {
        payment_method: 'pm_card_visa',
      })
      assert.deepEqual([intent.status, intent.last_payment_error], ['succeeded', null])
    },
  ],
  [
    '3-D Secure sends the customer to a page',
    'payments/3d-secure/authentication-flow',
    async ({ stripe }) => {
      const intent = await confirmed(stripe, 'pm_card_threeDSecure2Required', {
        return_url: 'https://shop.example/back',
      })
      assert.deepEqual([intent.status, intent.next_action?.type], ['requires_action', 'redirect_to_url'])
      assert.match(intent.next_action?.redirect_to_url?.url ?? '', /^http:\/\/127\.0\.0\.1:\d+\/3ds\/pi_/)
    },
  ],
  [
    '3-D Secure off-session is declined as authentication_required',
    `${testing}#authentication-and-setup`,
    async ({ stripe }) => {
      const error = await refusalOf(confirmed(stripe, 'pm_card_authenticationRequired', { off_session: true }))
      assert.deepEqual([error.statusCode, error.code], [402, 'authentication_required'])
    },
  ],
  [
    'a customer who passes 3-D Secure has paid, and comes back with the outcome',
    'payments/3d-secure/authentication-flow',
    async ({ stripe }) => {
      const intent = await confirmed(stripe, 'pm_card_threeDSecure2Required', {
        return_url: 'https://shop.example/back?a=1',
      })
      const back = await answer(intent, 'complete')
      assert.equal(back.searchParams.get('redirect_status'), 'succeeded')
      assert.equal(back.searchParams.get('payment_intent'), intent.id)
      assert.equal(back.searchParams.get('a'), '1')
      assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, 'succeeded')
    },
  ],
  [
    'a customer who fails 3-D Secure has not paid',
    'payments/3d-secure/authentication-flow',
    async ({ stripe }) => {
      const intent = await confirmed(stripe, 'pm_card_threeDSecure2Required', {
        return_url: 'https://shop.example/back',
      })
      const back = await answer(intent, 'fail')
      const failed = await stripe.paymentIntents.retrieve(intent.id)
      assert.equal(back.searchParams.get('redirect_status'), 'failed')
      assert.deepEqual(
        [failed.status, failed.last_payment_error?.code],
        ['requires_payment_method', 'payment_intent_authentication_failure'],
      )
    },
  ],
  [
    'a card can be declined after 3-D Secure',
    `${testing}#three-ds-cards`,
    async ({ stripe }) => {
      const intent = await confirmed(stripe, 'pm_card_threeDSecureRequiredChargeDeclined', {
        return_url: 'https://shop.example/back',
      })
      await answer(intent, 'complete')
      assert.equal(
        (await stripe.paymentIntents.retrieve(intent.id)).last_payment_error?.decline_code,
        'generic_decline',
      )
    },
  ],
  [
    'the challenge of somebody else is not answered',
    'payments/3d-secure/authentication-flow',
    async ({ stripe }) => {
      const intent = await confirmed(stripe, 'pm_card_threeDSecure2Required', {
        return_url: 'https://shop.example/back',
      })
      const body = new URLSearchParams({ outcome: 'complete', client_secret: 'guess' })
      await fetch(intent.next_action?.redirect_to_url?.url ?? '', { method: 'POST', body, redirect: 'manual' })
      assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, 'requires_action')
    },
  ],
  [
    'an amount below the minimum is refused',
    'currencies#minimum-and-maximum-charge-amounts',
    async ({ stripe }) => {
      const error = await refusalOf(stripe.paymentIntents.create({ amount: 49, currency: 'usd' }))
      assert.deepEqual(
        [error.code, error.param, error.message],
        ['amount_too_small', 'amount', 'Amount must be at least $0.50 usd'],
      )
    },
  ],
  [
    'yen have no cents',
    'currencies#zero-decimal',
    async ({ stripe }) => {
      const error = await refusalOf(stripe.paymentIntents.create({ amount: 49, currency: 'jpy' }))
      assert.equal(error.message, 'Amount must be at least ¥50 jpy')
    },
  ],
  [
    'a currency that does not exist is refused',
    'currencies',
    async ({ stripe }) => {
      const error = await refusalOf(stripe.paymentIntents.create({ amount: 100, currency: 'xyz' }))
      assert.deepEqual([error.param, error.message.slice(0, 22)], ['currency', 'Invalid currency: xyz.'])
    },
  ],
  [
    'a customer nobody has is refused by name',
    'api/errors',
    async ({ stripe }) => {
      const error = await refusalOf(stripe.paymentIntents.create({ ...usd, customer: 'cus_nobody' }))
      assert.deepEqual(
        [error.code, error.param, error.message],
        ['resource_missing', 'customer', "No such customer: 'cus_nobody'"],
      )
    },
  ],
  [
    'asking for redirecting methods wants a page to return to',
    'upgrades#2023-08-16',
    async ({ stripe }) => {
      const error = await refusalOf(confirmed(stripe, 'pm_card_visa', { automatic_payment_methods: { enabled: true } }))
      assert.match(error.message, /you must provide a `return_url`/)
    },
  ],
  [
    'a charge has a balance transaction with its fee',
    'api/balance_transactions/object',
    async ({ stripe }) => {
      const { latest_charge } = await confirmed(stripe, 'pm_card_visa', {
        expand: ['latest_charge.balance_transaction'],
      })
      const booked = (latest_charge as Stripe.Charge).balance_transaction as Stripe.BalanceTransaction
      assert.deepEqual([booked.amount, booked.fee, booked.net, booked.type], [2000, 88, 1912, 'charge'])
    },
  ],
  [
    'a disputing card succeeds and is disputed',
    `${testing}#disputes`,
    async ({ stripe }) => {
      const charge = await chargeOf(stripe, await confirmed(stripe, 'pm_card_createDispute'))
      assert.deepEqual([charge.paid, charge.disputed], [true, true])
      assert.ok((await eventTypes(stripe)).includes('charge.dispute.created'))
    },
  ],
  [
    'the older charges API takes a token',
    'api/charges/create',
    async ({ stripe }) => {
      const charge = await stripe.charges.create({ ...usd, source: 'tok_visa', description: 'Order 2' })
      assert.deepEqual(
        [charge.status, charge.paid, charge.payment_method_details?.card?.last4],
        ['succeeded', true, '4242'],
      )
    },
  ],
  [
    'the older charges API declines with the charge',
    'api/errors',
    async ({ stripe }) => {
      const error = await refusalOf(stripe.charges.create({ ...usd, source: 'tok_chargeDeclined' }))
      assert.deepEqual([error.statusCode, error.code], [402, 'card_declined'])
      assert.equal((await stripe.charges.retrieve(error.charge ?? '')).failure_code, 'card_declined')
    },
  ],
]

/** Answers the challenge as a browser does, and returns where it is sent. */
async function answer(intent: Stripe.PaymentIntent, outcome: string): Promise<URL> {
  const url = intent.next_action?.redirect_to_url?.url ?? ''
  const secret = /name="client_secret" value="([^"]+)"/.exec(await (await fetch(url)).text())?.[1] ?? ''
  const body = new URLSearchParams({ outcome, client_secret: secret })
  const { headers } = await fetch(url, { method: 'POST', body, redirect: 'manual' })
  return new URL(headers.get('location') ?? '')
}

runBehaviours(behaviours)
