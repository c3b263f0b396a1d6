import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mockFirst } from '../../src/config/flags.ts'
import { signPayload } from '../../src/kernel/webhook-signature.ts'
import { stripeProvider } from '../../src/providers/stripe.ts'
import { need } from '../support/need.ts'
import { startPostgres } from '../support/postgres.ts'
import { deliver, ordersOf, paidSession, secret, startBackend } from './support.ts'

test('a paid session becomes one order with one receipt', async (t) => {
  const bench = await startBackend(t)

  const { status, outcome } = await deliver(bench, paidSession('a'))

  assert.deepEqual([status, outcome], [200, 'applied'])
  assert.deepEqual(await ordersOf(bench), [{ session_id: 'cs_test_a', status: 'fulfilled' }])
  const [receipt] = await bench.backend.outbox.find({ key: 'receipt/cs_test_a' })
  assert.equal(receipt?.to, 'ada@example.test')
})

test('the same event again is acknowledged and changes nothing', async (t) => {
  const bench = await startBackend(t)
  await deliver(bench, paidSession('a'))

  const again = await deliver(bench, paidSession('a'))

  assert.deepEqual([again.status, again.outcome], [200, 'repeated'])
  assert.equal((await ordersOf(bench)).length, 1)
  assert.equal((await bench.backend.outbox.list()).length, 1)
})

test('another event about the same session does not deliver it twice', async (t) => {
  const bench = await startBackend(t)
  await deliver(bench, paidSession('a'))

  const other = { ...paidSession('a'), id: 'evt_other', type: 'checkout.session.async_payment_succeeded' }

  assert.equal((await deliver(bench, other)).outcome, 'ignored')
  assert.equal((await bench.backend.outbox.list()).length, 1)
})

test('an unpaid session is acknowledged and delivers nothing until its payment has succeeded', async (t) => {
  const bench = await startBackend(t)

  await deliver(bench, paidSession('a', { payment_status: 'unpaid' }))
  assert.deepEqual(await ordersOf(bench), [])

  await deliver(bench, { ...paidSession('a'), id: 'evt_2', type: 'checkout.session.async_payment_succeeded' })
  assert.equal((await ordersOf(bench)).length, 1)
})

for (const engine of ['pglite', 'postgres'] as const) {
  const skip = engine === 'postgres' ? need('postgres').skip : false
  test(`eight deliveries at once are one order on ${engine}`, { skip }, async (t) => {
    const url = engine === 'postgres' ? await urlOfPostgres(t) : undefined
    const bench = await startBackend(t, {}, url)

    const answers = await Promise.all(Array.from({ length: 8 }, () => deliver(bench, paidSession('a'))))

    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
    assert.equal(answers.filter(({ outcome }) => outcome === 'applied').length, 1)
    assert.equal((await ordersOf(bench)).length, 1)
    assert.equal((await bench.backend.outbox.list()).length, 1)
    assert.equal(bench.backend.database.engine, engine)
  })
}

async function urlOfPostgres(t: Parameters<typeof startBackend>[0]): Promise<string> {
  const server = await startPostgres()
  t.after(() => server.stop())
  return server.url
}

test('a handler that fails leaves the event free for the next attempt', async (t) => {
  const bench = await startBackend(t)
  const broken = paidSession('a', { customer_details: null })

  assert.equal((await deliver(bench, broken)).status, 500)
  const { outcome } = await deliver(bench, { ...broken, data: paidSession('a').data })

  assert.equal(outcome, 'applied')
})

test('a full refund revokes the order, a partial one does not', async (t) => {
  const bench = await startBackend(t)
  await deliver(bench, paidSession('a'))
  const refund = (id: string, refunded: boolean) => ({
    ...paidSession(id),
    type: 'charge.refunded',
    data: {
      object: { id: 'ch_a', payment_intent: 'pi_a', amount: 2900, amount_refunded: refunded ? 2900 : 100, refunded },
    },
  })

  await deliver(bench, refund('part', false))
  assert.equal((await ordersOf(bench))[0]?.status, 'fulfilled')
  await deliver(bench, refund('full', true))
  assert.equal((await ordersOf(bench))[0]?.status, 'revoked')
})

test('a live event in test mode is acknowledged and has no effect', async (t) => {
  const bench = await startBackend(t)
  const { status, outcome } = await deliver(bench, { ...paidSession('a'), livemode: true })
  assert.deepEqual([status, outcome], [200, 'ignored'])
  assert.deepEqual(await ordersOf(bench), [])
})

test('in live mode it is the other way round', async (t) => {
  const live = { ...stripeProvider(mockFirst), mode: 'live' as const }
  const bench = await startBackend(t, { stripe: live })

  const ofTest = await deliver(bench, paidSession('a'))
  const ofLive = await deliver(bench, { ...paidSession('b'), livemode: true })

  assert.equal(ofTest.outcome, 'ignored')
  assert.notEqual(ofLive.outcome, 'ignored')
  assert.deepEqual(
    (await ordersOf(bench)).map(({ session_id }) => session_id),
    ['cs_test_b'],
  )
})

test('unsigned, forged, stale and altered events are refused with 400 and leave nothing behind', async (t) => {
  const bench = await startBackend(t)
  const payload = JSON.stringify(paidSession('a'))
  const now = Math.floor(bench.clock.now() / 1000)
  const genuine = signPayload(payload, secret, now)
  const post = (headers: Record<string, string>, body = payload) =>
    bench.app.inject({
      method: 'POST',
      url: '/api/stripe_ext/webhook',
      headers: { 'content-type': 'application/json', ...headers },
      payload: body,
    })

  const answers = [
    await post({}),
    await post({ 'stripe-signature': signPayload(payload, 'whsec_other', now) }),
    await post({ 'stripe-signature': signPayload(payload, secret, now - 3_600) }),
    await post({ 'stripe-signature': genuine }, payload.replace('2900', '0001')),
    await post({ 'stripe-signature': 'nonsense' }),
  ]

  assert.deepEqual(
    answers.map(({ statusCode }) => statusCode),
    [400, 400, 400, 400, 400],
  )
  assert.deepEqual(await ordersOf(bench), [])
  assert.equal((await post({ 'stripe-signature': genuine })).statusCode, 200)
})

test('while a secret is being rolled, events signed with either are taken', async (t) => {
  const bench = await startBackend(t, { webhookSecrets: [secret, 'whsec_next_0123456789'] })
  assert.equal((await deliver(bench, paidSession('a'))).status, 200)
  assert.equal((await deliver(bench, paidSession('b'), 'whsec_next_0123456789')).status, 200)
})

test('without a signing secret every event is refused', async (t) => {
  const bench = await startBackend(t, { webhookSecrets: [] })
  assert.deepEqual((await deliver(bench, paidSession('a'))).status, 503)
})

test('a receipt that could not be sent goes out with the next event, once', async (t) => {
  const bench = await startBackend(t)
  const { notify } = bench.backend
  bench.backend.notify = { mode: 'mock', send: async () => Promise.reject(new Error('the disk is full')) }
  assert.equal((await deliver(bench, paidSession('a'))).status, 500)
  assert.equal((await ordersOf(bench)).length, 1)

  bench.backend.notify = notify
  assert.equal((await deliver(bench, paidSession('a'))).outcome, 'repeated')

  assert.equal((await bench.backend.outbox.find({ key: 'receipt/cs_test_a' })).length, 1)
})
