import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import Stripe from 'stripe'
import { Breakers } from '../../src/backend/metering/breakers.ts'
import { syncAll } from '../../src/backend/metering/hourly.ts'
import { meteringOf } from '../../src/backend/metering/tenants.ts'
import { closedSpan, nextHourly, windowAt } from '../../src/backend/metering/windows.ts'
import { referenceParts } from '../../src/backend/parts.ts'
import { openStripeApi } from '../../src/backend/provider/stripe-api.ts'
import { sandboxFirst } from '../../src/config/flags.ts'
import { createManualClock } from '../../src/kernel/clock.ts'
import { signPayload } from '../../src/kernel/webhook-signature.ts'
import { stripeProvider } from '../../src/providers/stripe.ts'
import { createSandbox } from '../../src/sandbox/create-sandbox.ts'
import { secret, startBackend } from './support.ts'

const hour = 3_600_000
/** Half past eleven in UTC. */
const now = Date.UTC(2026, 5, 21, 11, 30)
const at = (ms: number): string => new Date(ms).toISOString()
const tokens = { acme: 'token-of-acme', bolt: 'token-of-bolt' }

/** Two tenants, a customer of the first that is known to the sandbox, and a meter there; no usage yet. */
async function startMeter(t: TestContext) {
  const clock = createManualClock(now)
  const sandbox = await createSandbox({ clock })
  t.after(() => sandbox.close())
  const settings = { apiKey: sandbox.key, apiBase: sandbox.url }
  const metering = meteringOf({ METERING_TENANTS: `acme/test=${tokens.acme} bolt/test=${tokens.bolt}` })
  assert.ok(metering)
  const bench = await startBackend(t, {
    clock,
    stripe: stripeProvider({ ...sandboxFirst, notifyMode: 'mock' }, settings),
    stripeApi: openStripeApi(settings),
    configKey: 'a word for tests',
    metering: { ...metering, batchSize: 2 },
  })
  const stripe = new Stripe(sandbox.key, sandbox.stripe())
  const meter = await stripe.billing.meters.create({
    display_name: 'Storage',
    event_name: 'meter.storage',
    default_aggregation: { formula: 'sum' },
  })
  const customer = await stripe.customers.create({ metadata: { customer_id: 'client_1' } })
  const ask = async (method: 'GET' | 'POST' | 'PUT', url: string, payload?: object, token = tokens.acme) => {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await bench.app.inject({ method, url, headers, ...(payload && { payload }) })
    return { status: answer.statusCode, body: answer.json() }
  }
  const config = { api_key: `sk_test_${'a1B2'.repeat(8)}`, sync_enabled: true, aggregation_window_minutes: 60 }
  const key = { ...config, api_key: sandbox.key.length >= 32 ? sandbox.key : config.api_key }
  const mapping = { meter_id: 'storage', provider_type: 'stripe', provider_meter_id: 'meter.storage' }
  return {
    bench,
    sandbox,
    clock,
    ask,
    key,
    mapping,
    customer: customer.id,
    use: (quantity: number, usedAt: number, more: object = {}) =>
      ask('POST', '/v1/events', {
        customer_id: 'client_1',
        meter_id: 'storage',
        quantity,
        timestamp: at(usedAt),
        ...more,
      }),
    sync: (from: number, to: number, more: object = {}) =>
      ask('POST', '/v1/stripe/sync/manual', { time_from: at(from), time_to: at(to), ...more }),
    batches: async () => (await ask('GET', '/v1/stripe/sync/batches')).body.items as Record<string, unknown>[],
    async total(): Promise<number> {
      const query = { customer: customer.id, start_time: (now - 48 * hour) / 1000, end_time: (now + hour) / 1000 }
      query.start_time -= query.start_time % 3600
      query.end_time -= query.end_time % 3600
      const { data } = await stripe.billing.meters.listEventSummaries(meter.id, query)
      return data[0]?.aggregated_value ?? 0
    },
    async connect(): Promise<void> {
      assert.equal((await ask('PUT', '/v1/stripe/config', key)).status, 201)
      assert.equal((await ask('POST', '/v1/stripe/meters/mapping', mapping)).status, 201)
      const body = { customer_id: 'client_1', provider_customer_id: customer.id }
      assert.equal((await ask('POST', '/v1/stripe/customer-mappings', body)).status, 201)
    },
  }
}

test('windows begin at multiples of their length in UTC, and their end is not in them', () => {
  const start = Date.UTC(2026, 5, 21, 10)
  assert.deepEqual(windowAt(start, 60), { from: start, to: start + hour })
  assert.deepEqual(windowAt(start - 1, 60), { from: start - hour, to: start })
  assert.equal(closedSpan(start + 4 * 60_000, 60, 5).to, start - hour)
  assert.equal(closedSpan(start + 5 * 60_000, 60, 5).to, start)
  assert.equal(nextHourly(start + 5 * 60_000 - 1, 5), start + 5 * 60_000)
  assert.equal(nextHourly(start + 5 * 60_000, 5), start + hour + 5 * 60_000)
})

test('the key of a tenant is kept encrypted, shown to nobody, tested at the provider and changed with its time', async (t) => {
  const { bench, ask, key } = await startMeter(t)
  const first = await ask('PUT', '/v1/stripe/config', key)
  const second = await ask('PUT', '/v1/stripe/config', key)
  assert.deepEqual([first.status, second.status], [201, 200])
  assert.ok(second.body.updated_at > first.body.updated_at)
  const { rows } = await bench.backend.database.query('select * from stripe_tenant_configs')
  const shown = JSON.stringify([rows, first.body, (await ask('GET', '/v1/stripe/config')).body])
  assert.ok(!shown.includes(key.api_key))
  assert.deepEqual((await ask('POST', '/v1/stripe/config/test', {})).body, { status: 'connected' })
  assert.equal((await ask('GET', '/v1/stripe/config', undefined, tokens.bolt)).status, 404)
  assert.equal((await ask('GET', '/v1/stripe/config', undefined, 'somebody else')).status, 403)
  assert.equal((await ask('PUT', '/v1/stripe/config', { ...key, aggregation_window_minutes: 90 })).status, 422)
})

test('usage is counted once at the provider, however often it is synced and however late it comes', async (t) => {
  const { connect, use, sync, total, batches, ask } = await startMeter(t)
  await connect()
  const [start, end] = [now - 2 * hour, now - hour]
  for (const [quantity, usedAt] of [
    [1, start],
    [10, end - 1],
    [100, end],
    [1000, start - 1],
  ] as const)
    await use(quantity, usedAt)
  assert.equal((await use(5, start, { event_id: 'same' })).status, 201)
  assert.equal((await use(5, start, { event_id: 'same' })).status, 200)
  const first = await sync(start, end)
  assert.deepEqual([first.status, first.body.made, first.body.completed], [202, 2, 2])
  assert.equal(await total(), 16)
  await sync(start, end, { force_rerun: true })
  await sync(end, end + hour)
  await sync(start - hour, start)
  assert.equal(await total(), 1116)
  await use(7, start + 1)
  await Promise.all([sync(start, end), sync(start, end), sync(start, end)])
  assert.equal(await total(), 1123)
  assert.ok((await batches()).every((each) => each.sync_status === 'completed' && each.stripe_event_id))
  const status = (await ask('GET', '/v1/stripe/sync/status')).body
  assert.deepEqual([status.success_rate, status.open_circuit_breakers], [1, 0])
})

test('more groups than are read at a time are all reported', async (t) => {
  const { connect, use, sync, total } = await startMeter(t)
  await connect()
  for (let index = 0; index < 5; index++) await use(1, now - (index + 2) * hour)
  assert.equal((await sync(now - 24 * hour, now)).body.completed, 5)
  assert.equal(await total(), 5)
})

test('a lost answer is asked for again by the same identifier, and given up after a day', async (t) => {
  const { connect, use, sync, total, batches, sandbox, clock } = await startMeter(t)
  await connect()
  await use(42, now - 2 * hour)
  await sandbox.faults.add({ on: 'POST /v1/billing/meter_events', then: 'perform-then-drop', times: 1 })
  await sync(now - 3 * hour, now)
  assert.equal((await batches())[0]?.sync_status, 'completed')
  assert.equal(await total(), 42)
  await use(8, now - 2 * hour)
  await sandbox.faults.add({ on: 'POST /v1/billing/meter_events', then: 'perform-then-drop', times: 2 })
  await sync(now - 3 * hour, now)
  assert.match(String((await batches())[1]?.error_message), /did not say/)
  clock.advance(24 * hour)
  await sync(now - 3 * hour, now, { force_rerun: true })
  assert.match(String((await batches())[1]?.error_message), /compare with the provider/)
  assert.equal(await total(), 50)
})

test('what cannot be reported says why, keeps nothing else from it, and is made up for', async (t) => {
  const { connect, use, sync, total, batches, ask, mapping, sandbox } = await startMeter(t)
  await connect()
  await use(1, now - 2 * hour, { meter_id: 'other' })
  await use(2, now - 2 * hour)
  await use(3, now - 2 * hour, { customer_id: 'nobody' })
  await sync(now - 3 * hour, now)
  const errors = (await batches()).map(({ error_message: text }) => text).sort()
  assert.deepEqual(errors, ['customer mapping not found', 'meter mapping not found', null])
  assert.equal((await ask('GET', '/v1/stripe/sync/status')).body.success_rate, 0.3333)
  assert.equal((await ask('POST', '/v1/stripe/meter-mappings', { ...mapping, meter_id: 'other' })).status, 201)
  assert.equal((await ask('POST', '/v1/stripe/meter-mappings', { ...mapping, meter_id: 'other' })).status, 409)
  await sync(now - 3 * hour, now, { entity_type: 'meter', entity_id: 'storage' })
  assert.equal(await total(), 2)
  await sync(now - 3 * hour, now)
  assert.equal(await total(), 3)
  await use(4, now - 2 * hour)
  await sandbox.faults.add({ on: 'POST /v1/billing/meter_events', then: '401', times: 9 })
  const { body } = await sync(now - 3 * hour, now)
  assert.deepEqual([body.completed, body.failed], [0, 2])
  assert.ok((await batches()).some(({ error_message: text }) => String(text).startsWith('auth error')))
  await sandbox.faults.clear()
  await sync(now - 3 * hour, now)
  assert.equal(await total(), 7)
})

test('times that cannot be meant are refused', async (t) => {
  const { connect, sync } = await startMeter(t)
  await connect()
  const statuses = await Promise.all([
    sync(now, now - hour),
    sync(now - hour, now - hour),
    sync(now - 8 * 24 * hour, now),
    sync(now, now + hour),
  ])
  assert.deepEqual(
    statuses.map(({ status }) => status),
    [400, 400, 400, 400],
  )
})

test('a customer that the provider made is known by the webhook of its tenant, once, whoever says so', async (t) => {
  const { bench, customer, clock } = await startMeter(t)
  const event = (ours: unknown) => ({
    id: 'evt_1',
    object: 'event',
    type: 'customer.created',
    livemode: false,
    data: { object: { id: customer, object: 'customer', metadata: { customer_id: ours } } },
  })
  const send = (body: object | string, url = '/webhooks/stripe/bolt/test', signing = secret) => {
    const payload = typeof body === 'string' ? body : JSON.stringify(body)
    const headers = { 'stripe-signature': signPayload(payload, signing, Math.floor(clock.now() / 1000)) }
    return bench.app.inject({
      method: 'POST',
      url,
      payload,
      headers: { ...headers, 'content-type': 'application/json' },
    })
  }
  const answers = await Promise.all(Array.from({ length: 8 }, () => send(event('client_1'))))
  assert.ok(answers.every((answer) => answer.statusCode === 200 && answer.json().received === true))
  assert.equal((await send(event(17))).statusCode, 200)
  assert.equal((await send('{')).statusCode, 400)
  assert.equal((await send(event('x'), '/webhooks/stripe/bolt/test', 'whsec_of_nobody')).statusCode, 401)
  assert.equal((await send(event('x'), '/webhooks/stripe/nobody/test')).statusCode, 404)
  const { rows } = await bench.backend.database.query(
    'select tenant_id, customer_id from customer_integration_mappings',
  )
  assert.deepEqual(rows, [{ tenant_id: 'bolt', customer_id: 'client_1' }])
})

test('the hourly sync reports what has ended, of every tenant, and tells how it stands', async (t) => {
  const { bench, connect, use, total, batches, clock } = await startMeter(t)
  await connect()
  await use(1, now - 2 * hour)
  await use(2, now - 60_000)
  const { backend } = bench
  const context = { backend, parts: referenceParts, breakers: new Breakers() }
  assert.ok(backend.metering)
  await syncAll(context, backend.metering)
  assert.deepEqual([await total(), (await batches()).length], [1, 1])
  clock.advance(hour)
  await syncAll(context, backend.metering)
  assert.equal((await batches()).length, 2)
  const metrics = (await bench.app.inject('/metrics')).body
  assert.match(metrics, /^stripe_sync_batches_total\{status="completed"\} 2$/m)
})
