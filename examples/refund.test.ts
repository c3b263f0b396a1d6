// A developer's own tests against the sandbox: the official client, unchanged; every test with an account of its own.
// In a project: import { createSandbox } from 'gatekit'
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import Stripe from 'stripe'
import { createSandbox, type Sandbox } from '../src/index.ts'

/** The code under test: refunds once, however often it has to ask. */
async function refundOrder(stripe: Stripe, paymentIntent: string): Promise<string> {
  const { id } = await stripe.refunds.create(
    { payment_intent: paymentIntent },
    { idempotencyKey: `refund ${paymentIntent}` },
  )
  return id
}

let sandbox: Sandbox
before(async () => {
  sandbox = await createSandbox()
})
after(() => sandbox.close())

const pay = (stripe: Stripe) =>
  stripe.paymentIntents.create({
    amount: 2000,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  })

test('an order is refunded once although the first answer is lost', async () => {
  const account = sandbox.account()
  const stripe = new Stripe(account.key, { ...account.stripe(), maxNetworkRetries: 1 })
  const payment = await pay(stripe)
  await account.faults.add({ on: 'POST /v1/refunds', then: 'perform-then-drop' })

  await refundOrder(stripe, payment.id)

  await account.assert({
    objects: { refund: 1 },
    requests: { 'POST /v1/refunds': 2 },
    events: { 'charge.refunded': 1 },
  })
})

test('a bank debit settles days later', async () => {
  const account = sandbox.account()
  const stripe = new Stripe(account.key, account.stripe())
  const payment = await stripe.paymentIntents.create({
    amount: 2000,
    currency: 'usd',
    payment_method: 'pm_usBankAccount_success',
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    mandate_data: { customer_acceptance: { type: 'offline' } },
    confirm: true,
  })
  assert.equal(payment.status, 'processing')

  await account.advance('7d')

  const event = await account.waitFor({ type: 'payment_intent.succeeded', object: payment.id })
  assert.equal(event.type, 'payment_intent.succeeded')
})
