import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startSandbox } from '../sandbox.ts'

const key = { 'idempotency-key': 'k' }

test('the first answer is replayed byte for byte, even when the object has changed since', async (t) => {
  const { send } = await startSandbox(t)
  const first = await send('POST /v1/customers', 'name=a', key)
  await send(`POST /v1/customers/${first.body.id}`, 'name=b')

  const again = await send('POST /v1/customers', 'name=a', key)

  assert.equal(again.text, first.text)
  assert.equal(again.headers['idempotent-replayed'], 'true')
  assert.equal(again.headers['original-request'], first.headers['request-id'])
  assert.notEqual(again.headers['request-id'], first.headers['request-id'])
  assert.equal((await send('GET /v1/customers')).body.data?.length, 1)
})

test('a key is good for one request: other parameters or another path are refused', async (t) => {
  const { send } = await startSandbox(t)
  await send('POST /v1/customers', 'name=a', key)

  const other = await send('POST /v1/customers', 'name=b', key)
  const elsewhere = await send('POST /v1/products', 'name=a', key)

  assert.deepEqual([other.status, other.body.error?.type], [400, 'idempotency_error'])
  assert.deepEqual([elsewhere.status, elsewhere.body.error?.type], [400, 'idempotency_error'])
})

test('of two requests at once one is executed and the other is told to wait', async (t) => {
  const { send } = await startSandbox(t)

  const answers = await Promise.all([send('POST /v1/customers', '', key), send('POST /v1/customers', '', key)])

  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409])
  const refused = answers.find(({ status }) => status === 409)
  assert.equal(refused?.body.error?.code, 'idempotency_key_in_use')
  assert.equal(refused?.headers['stripe-should-retry'], 'true')
})

test('a request that was refused before it ran leaves its key free', async (t) => {
  const { send } = await startSandbox(t)
  const refused = await send('POST /v1/customers', 'foo=1', key)

  const corrected = await send('POST /v1/customers', 'name=a', key)

  assert.deepEqual([refused.status, corrected.status], [400, 200])
})

test('a bug of a handler is a 500, told to onBug, and replayed like any other answer', async (t) => {
  let calls = 0
  const customer = {
    object: 'customer' as const,
    create() {
      calls++
      throw new Error('broken')
    },
  }
  const { send, bugs } = await startSandbox(t, { resources: { customer } })

  const first = await send('POST /v1/customers', '', key)
  const again = await send('POST /v1/customers', '', key)

  assert.deepEqual([first.status, again.status, calls, bugs.length], [500, 500, 1, 1])
  assert.equal(again.text, first.text)
  assert.ok(!first.text.includes('broken'))
})

test('keys are forgotten after a day of the clock, and kept apart by account', async (t) => {
  const { send, clock } = await startSandbox(t)
  const first = await send('POST /v1/customers', '', key)
  const other = await send('POST /v1/customers', 'name=x', { ...key, authorization: 'Bearer sk_test_other' })
  clock.advance(24 * 60 * 60 * 1000)

  const later = await send('POST /v1/customers', 'name=new', key)

  assert.deepEqual([other.status, later.status], [200, 200])
  assert.notEqual(later.body.id, first.body.id)
})
