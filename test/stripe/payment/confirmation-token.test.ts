import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type Stripe from 'stripe'
import { refusalOf, type Sandbox, startSandbox } from '../../support/stripe.ts'

let sandbox: Sandbox
before(async () => {
  sandbox = await startSandbox()
})
after(() => sandbox.server.close())

const shipping = { name: 'Ann', address: { line1: '1 Main St', country: 'US' } }

const tokenOf = (stripe: Stripe, params: Parameters<Stripe['testHelpers']['confirmationTokens']['create']>[0] = {}) =>
  stripe.testHelpers.confirmationTokens.create({ payment_method: 'pm_card_visa', ...params })

test('a confirmation token shows what was collected and is good for twelve hours', async () => {
  const token = await tokenOf(sandbox.client(), { return_url: 'https://shop.test/done', shipping })

  assert.match(token.id, /^ctoken_/)
  assert.equal((token.expires_at ?? 0) - token.created, 12 * 3600)
  assert.deepEqual(
    [token.payment_method_preview?.card?.last4, token.shipping?.name, token.return_url, token.payment_intent],
    ['4242', 'Ann', 'https://shop.test/done', null],
  )
})

test('an intent that is confirmed with a token takes its card, its shipping and its later use; the token is spent', async () => {
  const stripe = sandbox.client()
  const customer = await stripe.customers.create()
  const { id } = await tokenOf(stripe, { shipping, setup_future_usage: 'off_session' })
  const intent = await stripe.paymentIntents.create({ amount: 500, currency: 'usd', customer: customer.id })

  const paid = await stripe.paymentIntents.confirm(intent.id, { confirmation_token: id })

  assert.deepEqual([paid.status, paid.shipping?.name, paid.setup_future_usage], ['succeeded', 'Ann', 'off_session'])
  assert.equal((await stripe.paymentMethods.list({ customer: customer.id })).data.length, 1)
  const spent = await stripe.confirmationTokens.retrieve(id)
  assert.deepEqual([spent.payment_intent, spent.expires_at], [intent.id, null])
  const again = stripe.paymentIntents.create({ amount: 1, currency: 'jpy', confirm: true, confirmation_token: id })
  assert.match((await refusalOf(again)).message, /already used/)
})

test('an intent is made and confirmed with a token at once; setup intents take them too', async () => {
  const stripe = sandbox.client()
  const params = { amount: 500, currency: 'usd', confirm: true }

  const { id } = await tokenOf(stripe, { shipping })
  const paid = await stripe.paymentIntents.create({ ...params, confirmation_token: id })
  const setup = await stripe.setupIntents.create({ confirm: true, confirmation_token: (await tokenOf(stripe)).id })

  assert.deepEqual([paid.status, paid.shipping?.name, setup.status], ['succeeded', 'Ann', 'succeeded'])
})

test('the return_url of the token is where the challenge comes back to', async () => {
  const stripe = sandbox.client()
  const return_url = 'https://shop.test/done'
  const { id } = await tokenOf(stripe, { payment_method: 'pm_card_threeDSecure2Required', return_url })

  const params = { amount: 500, currency: 'usd', confirm: true, confirmation_token: id }
  const { next_action } = await stripe.paymentIntents.create(params)

  assert.equal(next_action?.redirect_to_url?.return_url, return_url)
})

test('a token that is too old, unknown or beside a payment method is refused', async () => {
  const stripe = sandbox.client()
  const { id } = await tokenOf(stripe)
  const params = { amount: 500, currency: 'usd', confirm: true }
  const confirm = (more: Stripe.PaymentIntentCreateParams | object) =>
    refusalOf(stripe.paymentIntents.create({ ...params, ...more }))

  const both = await confirm({ confirmation_token: id, payment_method: 'pm_card_visa' })
  const none = await confirm({ confirmation_token: 'ctoken_none' })
  await sandbox.pass(12 * 3600)
  const old = await confirm({ confirmation_token: id })

  assert.deepEqual(
    [both.code, none.code, none.param],
    ['parameters_exclusive', 'resource_missing', 'confirmation_token'],
  )
  assert.match(old.message, /expired/)
})
