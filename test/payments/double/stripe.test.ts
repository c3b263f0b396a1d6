import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import Stripe from 'stripe'
import { startDouble } from '../../../src/payments/double/start.ts'
import type { Double, DoubleOptions, StripeObject } from '../../../src/payments/double/types.ts'

async function start(t: TestContext, options: DoubleOptions = {}): Promise<Double> {
  const double = await startDouble(options)
  t.after(() => double.close())
  return double
}

/** The official client, as a backend has it. */
function clientOf({ stripe }: Double, options: Stripe.StripeConfig = {}, key = 'sk_test_of_the_backend'): Stripe {
  return new Stripe(key, { host: '127.0.0.1', port: stripe.port, protocol: 'http', maxNetworkRetries: 0, ...options })
}

/** At least these fields, with exactly these values. */
function assertHas(actual: unknown, expected: object): void {
  const fields = actual as Record<string, unknown>
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, fields[name]])), expected)
}

/** A call whose connection may be cut: the official client would try again. */
const post = (double: Double, path: string): Promise<Response> =>
  fetch(double.stripe.url + path, { method: 'POST', headers: { authorization: 'Bearer sk_test_x' } })

const paid = (id: string, charge: string): StripeObject[] => [
  {
    id,
    object: 'payment_intent',
    amount: 4999,
    amount_received: 4999,
    currency: 'usd',
    status: 'succeeded',
    latest_charge: charge,
    metadata: { user: 'abc' },
  },
  {
    id: charge,
    object: 'charge',
    amount: 4999,
    amount_captured: 4999,
    amount_refunded: 0,
    captured: true,
    currency: 'usd',
    paid: true,
    payment_intent: id,
    refunded: false,
    status: 'succeeded',
  },
]

const objects: StripeObject[] = [
  ...paid('pi_3a', 'ch_3a'),
  { id: 'cs_test_a', object: 'checkout.session', payment_intent: 'pi_3a', payment_status: 'paid', status: 'complete' },
  { id: 're_3a', object: 'refund', charge: 'ch_3a', payment_intent: 'pi_3a', amount: 100, currency: 'usd' },
  { id: 'dp_1a', object: 'dispute', charge: 'ch_3a', status: 'needs_response', amount: 4999, currency: 'usd' },
  { id: 'sub_1a', object: 'subscription', customer: 'cus_a', status: 'canceled' },
  { id: 'in_1a', object: 'invoice', customer: 'cus_a', status: 'paid', subscription: 'sub_1a' },
  { id: 'cus_a', object: 'customer', email: 'a@example.test' },
  { id: 'evt_1a', object: 'event', type: 'payment_intent.succeeded', data: { object: { id: 'pi_3a' } } },
]

const paths: Record<string, string> = {
  payment_intent: 'payment_intents',
  charge: 'charges',
  'checkout.session': 'checkout/sessions',
  refund: 'refunds',
  dispute: 'disputes',
  subscription: 'subscriptions',
  invoice: 'invoices',
  customer: 'customers',
  event: 'events',
}

test('every object that was put is answered in its current state, and 404 is the answer for any other', async (t) => {
  const { stripe } = await start(t)
  stripe.put(...objects)
  const get = (path: string) => fetch(`${stripe.url}/v1/${path}`, { headers: { authorization: 'Bearer sk_test_x' } })

  for (const given of objects) {
    const answer = await get(`${paths[given.object]}/${given.id}`)
    assert.equal(answer.status, 200, given.id)
    assertHas(await answer.json(), given)
    assert.equal((await get(`${paths[given.object]}/none_${given.id}`)).status, 404)
  }
})

test('the state of an object changes when it is put again', async (t) => {
  const double = await start(t)
  double.stripe.put({ id: 'sub_1', object: 'subscription', customer: 'cus_1', status: 'active' })
  double.stripe.put({ id: 'sub_1', object: 'subscription', customer: 'cus_1', status: 'canceled' })

  const subscription = await clientOf(double).subscriptions.retrieve('sub_1')

  assert.equal(subscription.status, 'canceled')
})

test('fields of older versions of the API are kept beside those of the present one', async (t) => {
  const double = await start(t)
  double.stripe.put(objects.find(({ object }) => object === 'invoice')!)

  const invoice = await clientOf(double).invoices.retrieve('in_1a')

  assert.equal((invoice as unknown as { subscription: string }).subscription, 'sub_1a')
})

test('lists show what was put, by what it belongs to', async (t) => {
  const double = await start(t)
  double.stripe.put(...objects, ...paid('pi_3b', 'ch_3b'))
  const client = clientOf(double)

  const charges = await client.charges.list({ payment_intent: 'pi_3a' })
  const refunds = await client.refunds.list({ payment_intent: 'pi_3a' })
  const sessions = await client.checkout.sessions.list({ payment_intent: 'pi_3a' })
  const canceled = await client.subscriptions.list({ customer: 'cus_a', status: 'all' })

  assert.deepEqual(
    [charges, refunds, sessions, canceled].map(({ data }) => data.map(({ id }) => id)),
    [['ch_3a'], ['re_3a'], ['cs_test_a'], ['sub_1a']],
  )
})

test('a refund by the backend really refunds, once', async (t) => {
  const double = await start(t)
  double.stripe.put(...paid('pi_3a', 'ch_3a'))
  const client = clientOf(double)

  await client.refunds.create({ payment_intent: 'pi_3a' }, { idempotencyKey: 'refund pi_3a' })
  await client.refunds.create({ payment_intent: 'pi_3a' }, { idempotencyKey: 'refund pi_3a' })

  assert.equal(double.stripe.get('charge', 'ch_3a')?.amount_refunded, 4999)
  assert.equal(double.stripe.list('refund').length, 1)
  await assert.rejects(client.refunds.create({ payment_intent: 'pi_3a' }), { code: 'charge_already_refunded' })
})

test('a session may be of a price that only the backend knows', async (t) => {
  const double = await start(t, { price: { amount: 999, currency: 'eur' } })
  const line_items = [{ price: 'price_of_backend', quantity: 1 }]

  const session = await clientOf(double).checkout.sessions.create({
    mode: 'subscription',
    success_url: 'https://shop.example.test/done',
    line_items,
  })

  assert.equal(session.amount_total, 999)
  assert.equal(double.stripe.calls({ method: 'POST' }).length, 1)
})

test('a key tells the same answer again until it is forgotten, and refuses other parameters', async (t) => {
  const double = await start(t)
  const client = clientOf(double)
  const create = (email: string) => client.customers.create({ email }, { idempotencyKey: 'k1' })

  const first = await create('a@example.test')
  const second = await create('a@example.test')
  await assert.rejects(create('b@example.test'), { type: 'StripeIdempotencyError', statusCode: 400 })
  double.stripe.forget()
  const third = await create('a@example.test')

  assert.equal(second.id, first.id)
  assert.notEqual(third.id, first.id)
  assert.deepEqual(
    double.stripe.calls().map(({ replayed }) => replayed ?? false),
    [false, true, false, false],
  )
})

test('a 500 is stored under its key: only another key gets through', async (t) => {
  const double = await start(t)
  const client = clientOf(double)
  const create = (idempotencyKey: string) => client.customers.create({ email: 'a@example.test' }, { idempotencyKey })
  double.stripe.arm({ on: 'POST /v1/customers', then: '500' })

  await assert.rejects(create('k1'), { statusCode: 500 })
  await assert.rejects(create('k1'), { statusCode: 500 })
  await create('k2')

  assert.equal(double.stripe.list('customer').length, 1)
})

test('a rate limit outlasts the retries of a client and says when to come again', async (t) => {
  const double = await start(t)
  const client = clientOf(double)
  const fault = double.stripe.arm({ on: 'POST /v1/customers', then: '429' })

  for (let call = 1; call <= 6; call++)
    assert.equal((await post(double, '/v1/customers')).headers.get('retry-after'), '1', `call ${call}`)
  await client.customers.create()

  assert.equal(fault.met, 6)
})

test('a 401 names the key in full, and a 402 declines', async (t) => {
  const double = await start(t)
  const client = clientOf(double, {}, 'sk_test_canary_4711')
  double.stripe.arm({ on: 'POST /v1/customers', then: '401' })
  double.stripe.arm({ on: 'POST /v1/customers', nth: 2, then: '402' })

  await assert.rejects(client.customers.create(), { statusCode: 401, message: /sk_test_canary_4711/ })
  await assert.rejects(client.customers.create(), { statusCode: 402, code: 'card_declined' })
})

test('a call that was performed and then dropped has happened; one that was dropped has not', async (t) => {
  const double = await start(t)
  double.stripe.arm({ on: 'POST /v1/customers', then: 'perform-then-drop' })
  double.stripe.arm({ on: 'POST /v1/customers', nth: 2, then: 'drop' })

  await assert.rejects(post(double, '/v1/customers'), TypeError)
  await assert.rejects(post(double, '/v1/customers'), TypeError)

  assert.equal(double.stripe.list('customer').length, 1)
  const [performed, dropped] = double.stripe.calls()
  assert.deepEqual([performed?.status, dropped?.status, dropped?.answer], [undefined, undefined, undefined])
  assertHas(performed?.answer, { object: 'customer' })
})

test('a call that hangs does nothing, and ends when its fault is disarmed', async (t) => {
  const double = await start(t)
  const fault = double.stripe.arm({ on: '* /v1/customers*', then: 'hang' })
  const refused = assert.rejects(post(double, '/v1/customers'), TypeError)
  while (double.stripe.calls().length === 0) await new Promise((next) => setImmediate(next))

  fault.disarm()

  await refused
  assert.equal(double.stripe.list('customer').length, 0)
})

test('a fault about one text leaves the calls of others alone', async (t) => {
  const double = await start(t)
  const client = clientOf(double)
  double.stripe.arm({ on: 'POST /v1/customers', then: '503', times: 'always', about: 'a+1@example.test' })

  await client.customers.create({ email: 'b@example.test' })
  await assert.rejects(client.customers.create({ email: 'a+1@example.test' }), { statusCode: 503 })
})

test('calls are kept with parameters, key and answer, and are found by what they are about', async (t) => {
  const double = await start(t)
  const client = clientOf(double)
  await client.customers.create({ email: 'a@example.test' })
  const mark = double.mark()
  await client.customers.create({ email: 'b@example.test', metadata: { user: 'u/2' } }, { idempotencyKey: 'k2' })

  const [call, ...others] = double.stripe.calls({ after: mark, path: '/v1/customers', about: 'u/2' })

  assert.deepEqual(others, [])
  assertHas(call, { method: 'POST', status: 200, idempotencyKey: 'k2', sequence: 2 })
  assertHas(call?.params, { email: 'b@example.test' })
  assertHas(call?.answer, { object: 'customer' })
})

test('live keys, missing keys and the way to steer the sandbox are refused', async (t) => {
  const { stripe } = await start(t)
  const get = async (path: string, headers: Record<string, string> = {}) =>
    (await fetch(stripe.url + path, { headers })).status

  assert.equal(await get('/v1/balance', { authorization: 'Bearer sk_live_4711471147114711' }), 401)
  assert.equal(await get('/v1/balance'), 401)
  assert.equal(await get('/_gatekit/health', { authorization: `Bearer ${stripe.apiKey}` }), 404)
  assert.equal(await get('/v1/balance', { authorization: 'Bearer sk_test_any' }), 200)
})

test('a port that is asked for is used', async (t) => {
  const first = await startDouble()
  const { port } = first.stripe
  await first.close()

  const { stripe } = await start(t, { ports: { stripe: port } })

  assert.equal(stripe.port, port)
})
