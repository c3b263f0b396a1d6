import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renameOlder } from '../../../src/stripe/protocol/older-params.ts'
import { issueToken, readToken } from '../../../src/stripe/protocol/session-token.ts'
import { resources } from '../../../src/stripe/resources/list.ts'
import { startSandbox } from '../sandbox.ts'

test('an old form is rewritten below the version that dropped it and left alone from there on', () => {
  const old = { coupon: 'half', metadata: { a: '1' } }

  const before = renameOlder('PromotionCodeCreateParams', old, '2025-03-31.basil')
  const after = renameOlder('PromotionCodeCreateParams', old, '2025-09-30.clover')

  assert.deepEqual(before, { promotion: { type: 'coupon', coupon: 'half' }, metadata: { a: '1' } })
  assert.equal(after, old)
  assert.deepEqual(renameOlder('SubscriptionUpdateParams', { coupon: '' }, '2025-03-31.basil'), { discounts: '' })
})

test('a customer takes, changes and loses a coupon in an older version, and refuses it in the newest', async (t) => {
  const { bugs, sandbox, send } = await startSandbox(t, { resources })
  for (const id of ['half', 'third']) await send('POST /v1/coupons', `id=${id}&percent_off=${id === 'half' ? 50 : 33}`)
  const { body: customer } = await send('POST /v1/customers', 'coupon=half')
  const path = `POST /v1/customers/${String(customer.id)}`

  const changed = await send(path, 'coupon=third')
  const refused = await send(path, 'coupon=half', { 'stripe-version': sandbox.schema.catalogue.api })
  const cleared = await send(path, 'coupon=')

  assert.equal((customer.discount as { source: { coupon: string } }).source.coupon, 'half')
  assert.equal((changed.body.discount as { source: { coupon: string } }).source.coupon, 'third')
  assert.equal(refused.body.error?.code, 'parameter_unknown')
  assert.equal(cleared.body.discount, null)
  const { body } = await send('GET /v1/events', 'limit=20')
  const types = body.data!.map(({ type }) => String(type)).filter((type) => type.startsWith('customer.discount'))
  assert.deepEqual(types.reverse(), [
    'customer.discount.created',
    'customer.discount.updated',
    'customer.discount.deleted',
  ])
  assert.deepEqual(bugs, [])
})

test('phases last as many intervals as iterations says, and no other unknown name is taken inside them', async (t) => {
  const { send } = await startSandbox(t, { resources })
  const { body: customer } = await send('POST /v1/customers', 'source=tok_visa')
  const price = 'items[0][price_data][currency]=usd&items[0][price_data][unit_amount]=100'
  const product = (await send('POST /v1/products', 'name=a')).body.id
  const phase = `${price}&items[0][price_data][product]=${product}&items[0][price_data][recurring][interval]=month`
    .split('&')
    .map((pair) => `phases[0][${pair.replace('[', '][')}`)
    .join('&')
  const base = `customer=${String(customer.id)}&start_date=1767225600&${phase}`

  const { body } = await send('POST /v1/subscription_schedules', `${base}&phases[0][iterations]=3`)
  const wrong = await send('POST /v1/subscription_schedules', `${base}&phases[0][iteration]=3`)
  const none = await send('POST /v1/subscription_schedules', `${base}&phases[0][iterations]=0`)

  const [{ end_date }] = body.phases as [{ end_date: number }]
  assert.equal(new Date(end_date * 1000).toISOString().slice(0, 10), '2026-04-01')
  assert.equal(wrong.body.error?.param, 'phases[0][iteration]')
  assert.equal(none.status, 400)
})

test('a session token streams meter events for its account and is good for nothing else', async (t) => {
  const { sandbox, send } = await startSandbox(t, { resources })
  const json = { 'content-type': 'application/json' }
  const { body } = await send('POST /v2/billing/meter_event_session', '{}', json)
  const authorization = `Bearer ${String(body.authentication_token)}`
  const events = '{"events":[{"event_name":"nothing","payload":{"value":"1"}}]}'

  const streamed = await send('POST /v2/billing/meter_event_stream', events, { ...json, authorization })
  const other = await send('GET /v1/customers', '', { authorization })
  const forged = await send('POST /v2/billing/meter_event_stream', events, {
    ...json,
    authorization: authorization.slice(0, -4) + (authorization.endsWith('0000') ? '1111' : '0000'),
  })

  assert.deepEqual([streamed.status, other.status, forged.status], [200, 403, 401])
  const found = [...sandbox.accounts.all()].flatMap(({ store }) => [...store.table('v2.core.event').all()])
  assert.deepEqual(
    found.map(({ type }) => type),
    ['v1.billing.meter.no_meter_found'],
  )
})

test('a token names the account it was issued for', () => {
  assert.equal(readToken(issueToken('acct_1abc')), 'acct_1abc')
  assert.equal(readToken(issueToken('acct_1abc').replace('acct_1abc', 'acct_1abd')), undefined)
  assert.equal(readToken('sk_test_123'), undefined)
})
