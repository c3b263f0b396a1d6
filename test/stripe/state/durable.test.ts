import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import Stripe from 'stripe'
import { createManualClock } from '../../../src/kernel/clock.ts'
import { createStripeServer } from '../../../src/stripe/server.ts'

/** A sandbox that can be started again, with what it had. */
async function setUp(context: TestContext) {
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-durable-'))
  context.after(() => rm(dir, { recursive: true, force: true }))
  const clock = createManualClock()
  const sent: string[] = []
  const statuses: number[] = []
  async function start() {
    const server = await createStripeServer({
      clock,
      seed: 7,
      data: { dir, fsync: 'never' },
      idempotencyWindowMs: 0,
      webhooks: {
        send: Object.assign(
          async (_url: string, _headers: object, body: string) => {
            sent.push((JSON.parse(body) as { type: string }).type)
            return { status: statuses.shift() ?? 200 }
          },
          { close: async () => {} },
        ),
      },
      onBug: (error) => assert.fail(String(error)),
    })
    const stripe = new Stripe('sk_test_durable', { host: '127.0.0.1', port: server.port, protocol: 'http' })
    return { server, stripe }
  }
  return { start, clock, sent, statuses }
}

test('objects, events and idempotency keys are there again, and ids go on under the seed', async (context) => {
  const { start } = await setUp(context)
  const first = await start()
  const ada = await first.stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'k' })
  await first.stripe.customers.update(ada.id, { name: 'Grace' })
  await first.stripe.customers.create({ name: 'gone' }).then(({ id }) => first.stripe.customers.del(id))
  const before = await first.stripe.events.list()
  await first.server.close()

  const { server, stripe } = await start()
  const again = await stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'k' })
  const { data } = await stripe.customers.list()
  const events = await stripe.events.list()
  const fresh = await stripe.customers.create()
  await server.close()

  assert.deepEqual([again.id, again.name], [ada.id, 'Ada'])
  assert.deepEqual(
    data.map(({ id, name }) => [id, name]),
    [[ada.id, 'Grace']],
  )
  assert.deepEqual(events.data, before.data)
  assert.notEqual(fresh.id, ada.id)
})

test('a renewal that was due after the restart happens', async (context) => {
  const { start } = await setUp(context)
  const first = await start()
  const { stripe } = first
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: 1_780_000_000 })
  const customer = await stripe.customers.create({ test_clock: clock.id })
  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
  const product = await stripe.products.create({ name: 'Plan' })
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 500,
    recurring: { interval: 'month' },
    product: product.id,
  })
  await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    default_payment_method: method.id,
  })
  await first.server.close()

  const second = await start()
  await second.stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: 1_780_000_000 + 35 * 86_400 })
  const invoices = await second.stripe.invoices.list({ customer: customer.id })
  await second.server.close()

  assert.deepEqual(
    invoices.data.map(({ billing_reason, status }) => [billing_reason, status]),
    [
      ['subscription_cycle', 'paid'],
      ['subscription_create', 'paid'],
    ],
  )
})

test('an event that was not delivered is retried after the restart, with its attempts counted on', async (context) => {
  const { start, clock, sent, statuses } = await setUp(context)
  const first = await start()
  statuses.push(500)
  await first.stripe.webhookEndpoints.create({ url: 'http://127.0.0.1:9/hook', enabled_events: ['customer.created'] })
  await first.stripe.customers.create()
  await first.server.webhooks.idle()
  await first.server.close()

  const second = await start()
  clock.advance(10_000)
  second.server.tick()
  await second.server.webhooks.idle()
  const [attempt] = second.server.webhooks.attempts([...second.server.accounts.all()][0]!.id)
  await second.server.close()

  assert.deepEqual(sent, ['customer.created', 'customer.created'])
  assert.deepEqual([attempt?.attempt, attempt?.delivered], [2, true])
})

test('an account that was reset stays empty', async (context) => {
  const { start } = await setUp(context)
  const first = await start()
  await first.stripe.customers.create()
  const headers = { authorization: 'Bearer sk_test_durable' }
  await fetch(`${first.server.url}/_gatekit/reset`, { method: 'POST', headers })
  await first.stripe.customers.create({ name: 'after' })
  await first.server.close()

  const { server, stripe } = await start()
  const { data } = await stripe.customers.list()
  await server.close()

  assert.deepEqual(
    data.map(({ name }) => name),
    ['after'],
  )
})

test('after a restart an event holds the very object that is stored, as before', async (context) => {
  const { start } = await setUp(context)
  const first = await start()
  await first.stripe.customers.create()
  await first.server.close()

  const { server } = await start()
  const [account] = [...server.accounts.all()]
  const [event] = account!.store.table('event').all()
  const [customer] = account!.store.table('customer').all()
  await server.close()

  assert.equal((event!.data as { object?: unknown }).object, customer)
})
