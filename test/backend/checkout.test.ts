import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { openStripeApi } from '../../src/backend/provider/stripe-api.ts'
import { sandboxFirst } from '../../src/config/flags.ts'
import { stripeProvider } from '../../src/providers/stripe.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/create-sandbox.ts'
import { createStory, endState, send } from './events.ts'
import { adminToken, type Bench, startBackend } from './support.ts'

async function startShop(t: TestContext): Promise<{ bench: Bench; sandbox: Sandbox }> {
  const sandbox = await createSandbox()
  t.after(() => sandbox.close())
  const settings = { apiKey: sandbox.key, apiBase: sandbox.url }
  const stripe = stripeProvider({ ...sandboxFirst, notifyMode: 'mock' }, settings)
  const bench = await startBackend(t, { stripe, stripeApi: openStripeApi(settings) })
  return { bench, sandbox }
}

const order = (bench: Bench, payload: object, headers: Record<string, string> = {}) =>
  bench.app.inject({ method: 'POST', url: '/checkout', payload, headers })

const sessionsOf = async (sandbox: Sandbox) => {
  const { default: Stripe } = await import('stripe')
  return (await new Stripe(sandbox.key, sandbox.stripe()).checkout.sessions.list({ limit: 100 })).data
}

test('the catalogue decides the price, whatever the request says', async (t) => {
  const { bench, sandbox } = await startShop(t)
  const answer = (await order(bench, { user: 'u1', email: 'u1@example.test', pack: 'black' })).json()
  assert.deepEqual([answer.mode, answer.mocked, answer.sandbox], ['payment', false, true])
  const [session] = await sessionsOf(sandbox)
  assert.deepEqual([session?.amount_total, session?.currency, session?.metadata?.user], [4999, 'usd', 'u1'])
  for (const wish of [{ amount: 1 }, { quantity: -1 }, { price: 'price_x' }, { currency: 'jpy' }, { pack: 'nothing' }])
    assert.equal((await order(bench, { user: 'u1', pack: 'black', ...wish })).statusCode, 422)
  assert.equal((await sessionsOf(sandbox)).length, 1)
})

test('as many simultaneous checkouts of a user as there are, there is one session', async (t) => {
  const { bench, sandbox } = await startShop(t)
  const answers = await Promise.all(Array.from({ length: 8 }, () => order(bench, { user: 'u1', pack: 'black' })))
  assert.deepEqual([...new Set(answers.map(({ statusCode }) => statusCode))], [200])
  assert.equal(new Set(answers.map((answer) => answer.json().url)).size, 1)
  assert.equal((await sessionsOf(sandbox)).length, 1)
})

test('one key is one request: the same again is the same answer, another is a conflict', async (t) => {
  const { bench } = await startShop(t)
  const headers = { 'idempotency-key': 'k1' }
  const first = await order(bench, { user: 'u1', pack: 'black' }, headers)
  assert.equal((await order(bench, { user: 'u1', pack: 'black' }, headers)).body, first.body)
  assert.equal((await order(bench, { user: 'u1', pack: 'silver' }, headers)).statusCode, 409)
})

for (const [then, status] of [
  ['429', 503],
  ['500', 502],
  ['401', 502],
] as const)
  test(`a provider that answers ${then} is told as ${status} without its text, and the next try succeeds`, async (t) => {
    const { bench, sandbox } = await startShop(t)
    await sandbox.faults.add({ on: 'POST /v1/checkout/sessions', then, times: 2 })
    const failed = await order(bench, { user: 'u1', pack: 'black' })
    assert.equal(failed.statusCode, status)
    assert.doesNotMatch(failed.body, /sk_test|api key/i)
    await sandbox.faults.clear()
    assert.equal((await order(bench, { user: 'u1', pack: 'black' })).statusCode, 200)
    assert.equal((await sessionsOf(sandbox)).length, 1)
  })

test('a session whose answer was lost is not made twice', async (t) => {
  const { bench, sandbox } = await startShop(t)
  await sandbox.faults.add({ on: 'POST /v1/checkout/sessions', then: 'perform-then-drop' })
  await order(bench, { user: 'u1', pack: 'black' })
  assert.equal((await sessionsOf(sandbox)).length, 1)
})

test('a subscriber is sent to the portal, not to another checkout', async (t) => {
  const bench = await startBackend(t)
  const story = createStory()
  await send(bench, story.subscription('created', 'active', 100))
  assert.equal((await order(bench, { user: story.user, plan: 'club' })).statusCode, 409)
  const portal = await bench.app.inject({
    method: 'POST',
    url: '/subscription/portal',
    headers: { 'x-user-id': story.user },
    payload: { returnUrl: 'https://evil.test/' },
  })
  assert.equal(portal.statusCode, 400)
})

test('the subscription routes answer as their clients know them', async (t) => {
  const bench = await startBackend(t)
  const post = (url: string, payload: object, user?: string) =>
    bench.app.inject({ method: 'POST', url, payload, headers: user ? { 'x-user-id': user } : {} })
  assert.deepEqual((await bench.app.inject('/subscription/prices')).json(), {
    monthly: 'price_monthly',
    annual: 'price_annual',
  })
  assert.equal((await post('/subscription/checkout', { priceId: 'price_monthly' })).statusCode, 401)
  assert.match((await post('/subscription/checkout', { priceId: 'price_monthly' }, 'u1')).body, /User email not found/)
  assert.equal((await post('/subscription/checkout', { priceId: 'price_of_mine' }, 'u1')).statusCode, 400)
  assert.equal((await post('/subscription/portal', {}, 'u1')).statusCode, 404)
})

test('money goes back once, in parts that never exceed what was paid', async (t) => {
  const { bench, sandbox } = await startShop(t)
  const { default: Stripe } = await import('stripe')
  const stripe = new Stripe(sandbox.key, sandbox.stripe())
  const intent = await stripe.paymentIntents.create({
    amount: 4999,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  })
  const story = { ...createStory(), pi: intent.id }
  await send(
    bench,
    createStory().event('payment_intent.succeeded', {
      id: intent.id,
      amount: 4999,
      currency: 'usd',
      metadata: { user: story.user, email: story.email, pack: 'black' },
    }),
  )
  const refund = (payload: object, key?: string) =>
    bench.app.inject({
      method: 'POST',
      url: `/payments/${intent.id}/refunds`,
      payload,
      headers: { authorization: `Bearer ${adminToken}`, ...(key && { 'idempotency-key': key }) },
    })

  assert.equal((await refund({ amount: 5000 })).statusCode, 422)
  const part = await refund({ amount: 2000 }, 'r1')
  assert.equal(part.statusCode, 200, part.body)
  assert.equal((await refund({ amount: 2000 }, 'r1')).body, part.body)
  assert.equal((await endState(bench, story)).active, 5)
  assert.equal((await refund({})).json().refund_amount, 2999)
  assert.equal((await refund({})).statusCode, 409)

  assert.equal((await stripe.refunds.list({ payment_intent: intent.id })).data.length, 2)
  const { active, refunded, refunds } = await endState(bench, story)
  assert.deepEqual([active, refunded, refunds], [0, 4999, 2])
})

test('a checkout for one plan ends that for another, so that nobody can pay for both', async (t) => {
  const { bench, sandbox } = await startShop(t)
  const wish = { user: 'u1', email: 'u1@example.test' }
  await order(bench, { ...wish, plan: 'club' })
  await order(bench, { ...wish, plan: 'monthly' })
  await Promise.all([order(bench, { ...wish, plan: 'annual' }), order(bench, { ...wish, plan: 'club' })])
  const open = (await sessionsOf(sandbox)).filter(({ status }) => status === 'open')
  assert.equal(open.length, 1)
})
