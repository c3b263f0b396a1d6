import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { eventually, payAt, startSandbox } from './sandbox.js'
import { startServer } from './server.js'
import { connectStripe } from './stripe.js'

let sandbox
let shop
let stripe
const environment = { STRIPE_SECRET_KEY: 'sk_test_shop' }

before(async () => {
  sandbox = await startSandbox()
  environment.STRIPE_API_BASE = sandbox.url
  stripe = connectStripe(environment)
  shop = await startServer(environment, 0)
  const endpoint = await stripe.webhookEndpoints.create({
    url: `${shop.url}/webhook`,
    enabled_events: ['checkout.session.completed', 'charge.refunded', 'customer.subscription.*'].flatMap(named),
  })
  environment.STRIPE_WEBHOOK_SECRET = endpoint.secret
})
after(async () => {
  await shop?.close()
  await sandbox?.stop()
})

const named = (type) =>
  type.endsWith('*') ? ['created', 'updated', 'deleted'].map((what) => type.replace('*', what)) : [type]

async function call(method, path, body) {
  const response = await fetch(shop.url + path, { method, ...(body && { body: JSON.stringify(body) }) })
  return { status: response.status, ...(await response.json()) }
}

async function paidOrder() {
  const { order, pay } = await call('POST', '/orders')
  await payAt(pay)
  return eventually(
    () => call('GET', `/orders/${order}`),
    ({ status }) => status === 'paid',
  )
}

test('an order is paid at checkout and the webhook says so', async () => {
  const { order, pay } = await call('POST', '/orders')
  assert.equal((await call('GET', `/orders/${order}`)).status, 'waiting')

  const next = await payAt(pay)

  assert.match(next.headers.get('location'), /\/thanks\?session=cs_test_/)
  const paid = await eventually(
    () => call('GET', `/orders/${order}`),
    ({ status }) => status === 'paid',
  )
  assert.equal(paid.status, 'paid')
  assert.equal((await stripe.paymentIntents.retrieve(paid.payment)).amount_received, 2000)
})

test('a declined card leaves the order waiting, and another card pays it', async () => {
  const { order, pay } = await call('POST', '/orders')

  const declined = await payAt(pay, '4000000000000002')
  assert.match(await declined.text(), /declined/)
  assert.equal((await call('GET', `/orders/${order}`)).status, 'waiting')

  await payAt(pay)
  const paid = await eventually(
    () => call('GET', `/orders/${order}`),
    ({ status }) => status === 'paid',
  )
  assert.equal(paid.status, 'paid')
})

test('a refund gives the money back once, however often it is asked for', async () => {
  const { id, payment } = await paidOrder()

  const first = await call('POST', `/orders/${id}/refund`)
  const second = await call('POST', `/orders/${id}/refund`)

  assert.deepEqual([first.status, second.status], [202, 202])
  const { data } = await stripe.refunds.list({ payment_intent: payment })
  assert.deepEqual(
    data.map(({ amount }) => amount),
    [2000],
  )
  const order = await eventually(
    () => call('GET', `/orders/${id}`),
    ({ status }) => status === 'refunded',
  )
  assert.equal(order.status, 'refunded')
})

test('a member pays the first month at once and is none any more when the subscription ends', async () => {
  const { subscription } = await call('POST', '/members', { email: 'ada@example.com', paymentMethod: 'pm_card_visa' })
  const member = () => call('GET', `/members/${subscription}`)

  assert.equal((await eventually(member, ({ isMember }) => isMember === true)).isMember, true)
  await stripe.subscriptions.cancel(subscription)
  assert.equal((await eventually(member, ({ isMember }) => isMember === false)).isMember, false)
})

test('a member whose card is declined hears why', async () => {
  const joined = await call('POST', '/members', {
    email: 'ada@example.com',
    paymentMethod: 'pm_card_chargeCustomerFail',
  })

  assert.deepEqual(joined, { status: 402, error: 'Your card was declined.' })
})

test('a webhook that Stripe did not sign changes nothing', async () => {
  const { order } = await call('POST', '/orders')
  const forged = JSON.stringify({
    id: 'evt_forged',
    object: 'event',
    type: 'checkout.session.completed',
    data: { object: { client_reference_id: order, payment_intent: 'pi_forged' } },
  })
  const signature = await stripe.webhooks.generateTestHeaderStringAsync({ payload: forged, secret: 'whsec_wrong' })

  for (const headers of [{}, { 'stripe-signature': signature }]) {
    const { status } = await fetch(`${shop.url}/webhook`, { method: 'POST', body: forged, headers })
    assert.equal(status, 400)
  }
  assert.equal((await call('GET', `/orders/${order}`)).status, 'waiting')
})
