import assert from 'node:assert/strict'
import { test } from 'node:test'
import Stripe from 'stripe'
import { createManualClock } from '../../../src/kernel/clock.ts'
import { createDeliverer, type DelivererOptions, type Endpoint } from '../../../src/stripe/webhooks/deliver.ts'
import type { Delivered } from '../../../src/stripe/webhooks/send.ts'

const secret = 'whsec_deliver'
const endpoint = (fields: Partial<Endpoint> = {}): Endpoint => ({
  id: 'we_1',
  url: 'http://127.0.0.1:9/hook',
  secrets: [secret],
  enabled_events: ['*'],
  status: 'enabled',
  ...fields,
})
const event = (id: string, type = 'charge.succeeded') => ({ id, type, object: 'event' })

/** A deliverer whose network and clock are turned by hand. */
function setUp(endpoints: Endpoint[], answers: Delivered[] = [], options: Partial<DelivererOptions> = {}) {
  const clock = createManualClock()
  const sent: { url: string; headers: Record<string, string>; body: string; at: number }[] = []
  const timers: { at: number; run: () => void }[] = []
  const pending: [string, number][] = []
  let closes = 0
  const deliverer = createDeliverer({
    clock,
    endpoints: () => endpoints,
    send: Object.assign(
      async (url: string, headers: Record<string, string>, body: string) => {
        sent.push({ url, headers, body, at: clock.now() })
        return answers.shift() ?? { status: 200 }
      },
      { close: async () => void closes++ },
    ),
    after(_account, delayMs, run) {
      const timer = { at: clock.now() + delayMs, run }
      timers.push(timer)
      return () => void timers.splice(timers.indexOf(timer), 1)
    },
    onPending: (_account, id, count) => pending.push([id, count]),
    ...options,
  })
  async function pass(ms: number) {
    clock.advance(ms)
    for (const timer of timers.filter(({ at }) => at <= clock.now())) {
      timers.splice(timers.indexOf(timer), 1)
      timer.run()
    }
    await deliverer.idle()
  }
  return { deliverer, sent, clock, timers, pending, pass, closes: () => closes }
}

test('the Stripe SDK verifies what an endpoint receives', async () => {
  const { deliverer, sent, clock } = setUp([endpoint()])

  deliverer.deliver('acct_1', event('evt_1'))
  await deliverer.idle()

  const [{ body, headers }] = sent as [(typeof sent)[0]]
  const { webhooks } = new Stripe('sk_test_x')
  const received = webhooks.constructEvent(body, headers['stripe-signature'] ?? '', secret, 300, undefined, clock.now())
  assert.deepEqual([received.id, received.pending_webhooks], ['evt_1', 1])
})

test('endpoints get the types they list, all with a star, and none while disabled', async () => {
  const { deliverer, sent } = setUp([
    endpoint({ id: 'we_star', url: 'http://127.0.0.1:9/star' }),
    endpoint({ id: 'we_listed', url: 'http://127.0.0.1:9/listed', enabled_events: ['charge.succeeded'] }),
    endpoint({ id: 'we_other', url: 'http://127.0.0.1:9/other', enabled_events: ['charge.failed'] }),
    endpoint({ id: 'we_off', url: 'http://127.0.0.1:9/off', status: 'disabled' }),
  ])

  const count = deliverer.deliver('acct_1', event('evt_1'))
  await deliverer.idle()

  assert.equal(count, 2)
  assert.deepEqual(
    sent.map(({ url }) => url),
    ['http://127.0.0.1:9/star', 'http://127.0.0.1:9/listed'],
  )
})

test('a refused event is retried with a fresh signature until it is taken', async () => {
  const { deliverer, sent, pass, pending } = setUp([endpoint()], [{ status: 500 }, { error: 'ECONNREFUSED' }])

  deliverer.deliver('acct_1', event('evt_1'))
  await deliverer.idle()
  assert.deepEqual(pending, [])
  await pass(5_000)
  await pass(5 * 60_000)

  assert.equal(new Set(sent.map(({ headers }) => headers['stripe-signature'])).size, 3)
  assert.deepEqual(
    deliverer.attempts('acct_1').map(({ attempt, delivered }) => [attempt, delivered]),
    [
      [1, false],
      [2, false],
      [3, true],
    ],
  )
  assert.deepEqual(
    deliverer.attempts('acct_1').map(({ signature }) => signature),
    sent.map(({ headers }) => headers['stripe-signature']),
  )
  assert.deepEqual(pending, [['evt_1', 0]])
})

test('after the last retry an event is given up and stays pending', async () => {
  const failing = Array.from({ length: 9 }, () => ({ status: 503 }))
  const { deliverer, sent, pass, pending, timers } = setUp([endpoint()], failing)

  deliverer.deliver('acct_1', event('evt_1'))
  await deliverer.idle()
  for (let hour = 0; hour < 12; hour++) await pass(3_600_000)

  assert.equal(sent.length, 4)
  assert.deepEqual(pending, [])
  assert.equal(timers.length, 0)
})

test('a redirect is a failure', async () => {
  const { deliverer } = setUp([endpoint()], [{ status: 302 }])

  deliverer.deliver('acct_1', event('evt_1'))
  await deliverer.idle()

  assert.equal(deliverer.attempts('acct_1')[0]?.delivered, false)
})

test('events reach an endpoint in the order they happened', async () => {
  const { deliverer, sent } = setUp([endpoint()])

  for (let index = 0; index < 20; index++) deliverer.deliver('acct_1', event(`evt_${index}`))
  await deliverer.idle()

  assert.deepEqual(
    sent.map(({ body }) => JSON.parse(body).id),
    Array.from({ length: 20 }, (_, index) => `evt_${index}`),
  )
})

test('an endpoint deleted between two attempts gets no second one', async () => {
  const endpoints = [endpoint()]
  const { deliverer, sent, pass, pending } = setUp(endpoints, [{ status: 500 }])

  deliverer.deliver('acct_1', event('evt_1'))
  await deliverer.idle()
  endpoints.pop()
  await pass(5_000)

  assert.equal(sent.length, 1)
  assert.deepEqual(pending, [['evt_1', 0]])
})

test('nothing is sent to a host that is not on this machine, unless it was allowed by name', async () => {
  const away = [endpoint({ url: 'https://shop.example/hook' })]
  const refused = setUp(away)
  const allowed = setUp(away, [], { allowedHosts: new Set(['shop.example']) })

  for (const { deliverer } of [refused, allowed]) {
    deliverer.deliver('acct_1', event('evt_1'))
    await deliverer.idle()
  }

  assert.equal(refused.sent.length, 0)
  assert.match(refused.deliverer.attempts('acct_1')[0]?.error ?? '', /shop\.example/)
  assert.equal(allowed.sent.length, 1)
})

test('a resend reaches an endpoint that is not subscribed, once', async () => {
  const quiet = endpoint({ enabled_events: ['charge.failed'] })
  const { deliverer, sent, timers } = setUp([quiet], [{ status: 500 }])

  deliverer.resend('acct_1', event('evt_1'), quiet)
  await deliverer.idle()

  assert.equal(sent.length, 1)
  assert.equal(timers.length, 0)
})

test('closing cancels retries, closes the connections and sends nothing more', async () => {
  const { deliverer, sent, timers, closes } = setUp([endpoint()], [{ status: 500 }])
  deliverer.deliver('acct_1', event('evt_1'))
  await deliverer.idle()
  assert.equal(timers.length, 1)

  await deliverer.close()
  deliverer.deliver('acct_1', event('evt_2'))
  await deliverer.idle()

  assert.deepEqual([sent.length, timers.length, closes()], [1, 0, 1])
})
