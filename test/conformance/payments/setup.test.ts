import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import { type Behaviour, checkBehaviours, rows } from '../behaviour.ts'
import { eventTypes, pay, refusal } from '../sandbox.ts'

const setUp = (stripe: Stripe, payment_method: string, more: Partial<Stripe.SetupIntentCreateParams> = {}) =>
  stripe.setupIntents.create({
    payment_method,
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    ...more,
  })

const setUpBank = (stripe: Stripe) =>
  stripe.setupIntents.create({
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
    mandate_data: { customer_acceptance: { type: 'online', online: { ip_address: '127.0.0.1', user_agent: 'test' } } },
  })

const behaviours: Behaviour[] = [
  {
    promise: 'a card is attached to the customer once it is set up',
    page: 'payments/save-and-reuse',
    async check(stripe) {
      const customer = await stripe.customers.create({})

      const intent = await setUp(stripe, 'pm_card_visa', { customer: customer.id })

      assert.equal(intent.status, 'succeeded')
      const method = await stripe.paymentMethods.retrieve(String(intent.payment_method))
      assert.equal(method.customer, customer.id)
      assert.deepEqual(await eventTypes(stripe), [
        'customer.created',
        'setup_intent.created',
        'payment_method.attached',
        'setup_intent.succeeded',
      ])
    },
  },
  {
    promise: 'without a payment method it waits for one and has a client secret',
    page: 'payments/setup-intents',
    async check(stripe) {
      const intent = await stripe.setupIntents.create({})

      assert.equal(intent.status, 'requires_payment_method')
      assert.match(intent.client_secret ?? '', new RegExp(`^${intent.id}_secret_\\w+$`))
      assert.equal(intent.usage, 'off_session')
    },
  },
  {
    promise: 'a declined card leaves the failed attempt and the error in the intent',
    page: 'testing#declined-payments',
    async check(stripe) {
      const error = await refusal(setUp(stripe, 'pm_card_chargeDeclined'))

      assert.equal(error.statusCode, 402)
      assert.equal(error.code, 'card_declined')
      const [intent] = (await stripe.setupIntents.list()).data
      assert.equal(intent?.status, 'requires_payment_method')
      assert.equal(intent?.last_setup_error?.decline_code, 'generic_decline')
      const [attempt] = (await stripe.setupAttempts.list({ setup_intent: intent?.id ?? '' })).data
      assert.equal(attempt?.status, 'failed')
      assert.equal(attempt?.setup_error?.code, 'card_declined')
    },
  },
  {
    promise: '3-D Secure asks for a page to be visited first',
    page: 'payments/3d-secure/authentication-flow',
    async check(stripe) {
      const intent = await setUp(stripe, 'pm_card_authenticationRequired', {
        automatic_payment_methods: { enabled: true },
        return_url: 'https://shop.example/back',
      })

      assert.equal(intent.status, 'requires_action')
      assert.equal(intent.next_action?.type, 'redirect_to_url')
      assert.equal(intent.next_action?.redirect_to_url?.return_url, 'https://shop.example/back')
    },
  },
  {
    promise: 'a card that wants authentication pays off session once it was authenticated at set-up',
    page: 'testing#authentication-and-setup',
    async check(stripe) {
      const customer = await stripe.customers.create({})
      const method = await stripe.paymentMethods.attach('pm_card_authenticationRequiredOnSetup', {
        customer: customer.id,
      })
      const order = { customer: customer.id, off_session: true }
      const error = await refusal(pay(stripe, 1000, method.id, order))
      assert.equal(error.code, 'authentication_required')

      const intent = await setUp(stripe, method.id, {
        automatic_payment_methods: { enabled: true },
        customer: customer.id,
        return_url: 'https://shop.example/back',
      })
      await fetch(intent.next_action?.redirect_to_url?.url ?? '', {
        method: 'POST',
        body: new URLSearchParams({ client_secret: intent.client_secret ?? '', outcome: 'complete' }),
        redirect: 'manual',
      })

      assert.equal((await stripe.setupIntents.retrieve(intent.id)).status, 'succeeded')
      assert.equal((await pay(stripe, 1000, method.id, order)).status, 'succeeded')
    },
  },
  {
    promise: 'a canceled intent cannot be confirmed',
    page: 'api/setup_intents/cancel',
    async check(stripe) {
      const { id } = await stripe.setupIntents.create({ payment_method: 'pm_card_visa' })
      const canceled = await stripe.setupIntents.cancel(id, { cancellation_reason: 'abandoned' })
      assert.equal(canceled.cancellation_reason, 'abandoned')

      const error = await refusal(stripe.setupIntents.confirm(id))

      assert.equal(error.code, 'setup_intent_unexpected_state')
      assert.match(error.message, /status of canceled/)
    },
  },
  {
    promise: 'an intent that succeeded cannot be confirmed again',
    page: 'error-codes#setup-intent-unexpected-state',
    async check(stripe) {
      const { id } = await setUp(stripe, 'pm_card_visa')
      const error = await refusal(stripe.setupIntents.confirm(id))
      assert.equal(error.code, 'setup_intent_unexpected_state')
      assert.match(error.message, /already succeeded/)
    },
  },
  {
    promise: 'confirming without a payment method is refused',
    page: 'error-codes#setup-intent-unexpected-state',
    async check(stripe) {
      const { id } = await stripe.setupIntents.create({})
      const error = await refusal(stripe.setupIntents.confirm(id))
      assert.equal(error.code, 'setup_intent_unexpected_state')
      assert.match(error.message, /missing a payment method/)
    },
  },
  {
    promise: 'an update may exchange the payment method until the intent succeeded',
    page: 'api/setup_intents/update',
    async check(stripe) {
      const { id } = await stripe.setupIntents.create({})
      const updated = await stripe.setupIntents.update(id, {
        payment_method: 'pm_card_mastercard',
        metadata: { a: 'b' },
      })
      assert.equal(updated.status, 'requires_confirmation')
      assert.deepEqual(updated.metadata, { a: 'b' })
      await stripe.setupIntents.confirm(id, { return_url: 'https://shop.example/back' })
      await refusal(stripe.setupIntents.update(id, { payment_method: 'pm_card_visa' }))
    },
  },
  {
    promise: 'a bank account that was typed in is verified with two small deposits',
    page: 'payments/ach-direct-debit/set-up-payment',
    async check(stripe) {
      const intent = await setUpBank(stripe)
      assert.equal(intent.next_action?.type, 'verify_with_microdeposits')

      const verified = await stripe.setupIntents.verifyMicrodeposits(intent.id, { amounts: [32, 45] })

      assert.equal(verified.status, 'succeeded')
      const mandate = await stripe.mandates.retrieve(String(verified.mandate))
      assert.equal(mandate.status, 'active')
      assert.equal(mandate.customer_acceptance.online?.ip_address, '127.0.0.1')
    },
  },
  ...rows(
    [
      {
        answer: { amounts: [1, 2] },
        code: 'payment_method_microdeposit_verification_amounts_mismatch',
        left: 'requires_action',
      },
      {
        answer: { descriptor_code: 'SM99ZZ' },
        code: 'payment_method_microdeposit_verification_descriptor_code_mismatch',
        left: 'requires_action',
      },
      {
        answer: { amounts: [10, 11] },
        code: 'payment_method_microdeposit_verification_attempts_exceeded',
        left: 'requires_payment_method',
      },
      {
        answer: { descriptor_code: 'SM44DD' },
        code: 'payment_method_microdeposit_verification_timeout',
        left: 'requires_payment_method',
      },
    ],
    ({ answer, code, left }) => ({
      promise: `deposits answered with ${JSON.stringify(answer)} end in ${code}`,
      page: 'payments/ach-direct-debit/set-up-payment#test',
      async check(stripe) {
        const { id } = await setUpBank(stripe)
        const error = await refusal(stripe.setupIntents.verifyMicrodeposits(id, answer))
        assert.equal(error.code, code)
        assert.equal((await stripe.setupIntents.retrieve(id)).status, left)
      },
    }),
  ),
]

await checkBehaviours(behaviours)
