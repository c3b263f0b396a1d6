import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import vm from 'node:vm'
import Stripe from 'stripe'
import { type Sandbox, startSandbox } from '../../support/stripe.ts'

let sandbox: Sandbox
let stripe: Stripe

before(async () => {
  sandbox = await startSandbox()
  stripe = new Stripe('sk_test_page', {
    host: '127.0.0.1',
    port: sandbox.server.port,
    protocol: 'http',
    telemetry: false,
  })
})
after(() => sandbox.server.close())

const call = async (method: string, path: string, form: Record<string, string>, key = 'pk_test_page') => {
  const query = method === 'GET' ? `?${new URLSearchParams(form)}` : ''
  const answer = await fetch(`${sandbox.server.url}${path}${query}`, {
    method,
    headers: { authorization: `Bearer ${key}`, origin: 'http://shop.test' },
    ...(method === 'POST' && { body: new URLSearchParams(form) }),
  })
  const body = (await answer.json()) as Record<string, unknown> & { error?: Record<string, unknown> }
  return { status: answer.status, body, allowed: answer.headers.get('access-control-allow-origin') }
}

test('a page of any origin may ask first and read the answer, an error included', async () => {
  const { url } = sandbox.server
  const asked = await fetch(`${url}/v1/payment_methods`, {
    method: 'OPTIONS',
    headers: { origin: 'http://shop.test', 'access-control-request-method': 'POST' },
  })
  const refused = await call('GET', '/v1/customers', {})
  const unknown = await call('GET', '/v1/customers', {}, 'pk_live_page')

  assert.equal(asked.status, 204)
  assert.match(asked.headers.get('access-control-allow-headers') ?? '', /authorization/)
  assert.deepEqual([refused.status, refused.body.error?.code, refused.allowed], [403, 'secret_key_required', '*'])
  assert.deepEqual([unknown.status, unknown.allowed], [401, '*'])
})

test('an answer to a secret key is not for pages', async () => {
  const { allowed, status } = await call('GET', '/v1/customers', {}, 'sk_test_page')

  assert.deepEqual([status, allowed], [200, null])
})

test('an intent opens to its own client secret only', async () => {
  const { client_secret, id } = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd' })
  const other = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd' })
  const path = `/v1/payment_intents/${id}`

  assert.equal((await call('GET', path, {})).body.error?.param, 'client_secret')
  for (const secret of [other.client_secret ?? '', 'x', `${client_secret}x`])
    assert.equal((await call('GET', path, { client_secret: secret })).body.error?.code, 'resource_missing')
  const wrong = { client_secret: other.client_secret ?? '', payment_method: 'pm_card_visa' }
  assert.equal((await call('POST', `${path}/confirm`, wrong)).status, 404)
  assert.equal((await stripe.paymentIntents.retrieve(id)).status, 'requires_payment_method')
  assert.equal((await call('GET', path, { client_secret: client_secret ?? '' })).body.id, id)
})

test('a page sees of an intent what customers may see, in an error too', async () => {
  const { id: customer } = await stripe.customers.create()
  const metadata = { margin: '80 %' }
  const { client_secret, id } = await stripe.paymentIntents.create({
    amount: 2000,
    currency: 'usd',
    customer,
    metadata,
  })
  const secret = { client_secret: client_secret ?? '' }

  const read = await call('GET', `/v1/payment_intents/${id}`, secret)
  const declined = await call('POST', `/v1/payment_intents/${id}/confirm`, {
    ...secret,
    payment_method: 'pm_card_visa_chargeDeclined',
  })

  assert.equal(declined.status, 402)
  for (const intent of [read.body, declined.body.error?.payment_intent as object]) {
    assert.equal((intent as { amount?: number }).amount, 2000)
    for (const hidden of ['customer', 'metadata', 'latest_charge']) assert.ok(!(hidden in intent), hidden)
  }
})

test('the script is one classic script under each of its names, for the address it was asked at', async () => {
  for (const path of ['/v3', '/v3/', '/js/stripe.js', '/clover/stripe.js']) {
    const answer = await fetch(sandbox.server.url + path)
    const text = await answer.text()
    assert.match(answer.headers.get('content-type') ?? '', /^text\/javascript/, path)
    assert.doesNotThrow(() => new vm.Script(text), path)
    assert.ok(text.includes(JSON.stringify(sandbox.server.url)), path)
  }
})
