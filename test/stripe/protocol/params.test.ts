import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startSandbox } from '../sandbox.ts'

test('unknown parameters are named with their place, and the likely one is suggested', async (t) => {
  const { send } = await startSandbox(t)

  const top = await send('POST /v1/customers', 'emial=x')
  const nested = await send('POST /v1/subscriptions', 'customer=cus_1&items[0][price]=p&items[0][foo]=1')
  const several = await send('POST /v1/customers', 'foo=1&bar=2')

  assert.deepEqual(
    [top, nested, several].map(({ status, body }) => [
      status,
      body.error?.code,
      body.error?.param,
      body.error?.message,
    ]),
    [
      [400, 'parameter_unknown', 'emial', 'Received unknown parameter: emial. Did you mean email?'],
      [400, 'parameter_unknown', 'items[0][foo]', 'Received unknown parameter: items[0][foo]'],
      [400, 'parameter_unknown', 'foo', 'Received unknown parameters: foo, bar'],
    ],
  )
})

test('missing, mistyped and out-of-range values are refused in words that name them', async (t) => {
  const { send } = await startSandbox(t)
  const cases: [form: string, code: string | undefined, param: string, message: RegExp][] = [
    ['currency=usd', 'parameter_missing', 'amount', /^Missing required param: amount\.$/],
    ['amount=1.5&currency=usd', 'parameter_invalid_integer', 'amount', /^Invalid integer: 1\.5$/],
    ['amount[x]=1&currency=usd', 'parameter_invalid_integer', 'amount', /^Invalid integer: /],
    ['amount=1&currency=usd&confirm=maybe', undefined, 'confirm', /^Invalid boolean: maybe$/],
    ['amount=1&currency=usd&capture_method=later', undefined, 'capture_method', /must be one of automatic, /],
    [
      'amount=1&currency=usd&customer=',
      'parameter_invalid_empty',
      'customer',
      /^You passed an empty string for 'customer'/,
    ],
    ['amount=1&currency=usd&shipping[name]=x', 'parameter_missing', 'shipping[address]', /shipping\[address\]/],
    ['amount=1&currency=usd&customer=cus_nope', 'resource_missing', 'customer', /^No such customer: 'cus_nope'$/],
    ['amount=1&currency=usd&metadata=x', undefined, 'metadata', /Invalid object/],
    [
      `amount=1&currency=usd&metadata[${'k'.repeat(41)}]=x`,
      undefined,
      `metadata[${'k'.repeat(41)}]`,
      /up to 40 characters/,
    ],
    [`amount=1&currency=usd&metadata[k]=${'v'.repeat(501)}`, undefined, 'metadata[k]', /up to 500 characters/],
  ]

  for (const [form, code, param, message] of cases) {
    const { status, body } = await send('POST /v1/payment_intents', form)
    assert.deepEqual([status, body.error?.code, body.error?.param], [400, code, param], form)
    assert.match(body.error?.message ?? '', message)
  }
})

test('metadata is merged: a key is added, an empty value removes one, an empty whole removes all', async (t) => {
  const { send } = await startSandbox(t)
  const { body } = await send('POST /v1/customers', 'metadata[a]=1&metadata[b]=2')

  const merged = await send(`POST /v1/customers/${body.id}`, 'metadata[a]=&metadata[c]=3')
  const emptied = await send(`POST /v1/customers/${body.id}`, 'metadata=')

  assert.deepEqual(merged.body.metadata, { b: '2', c: '3' })
  assert.deepEqual(emptied.body.metadata, {})
})

test('what a newer version took away is still accepted from an older one', async (t) => {
  const { send } = await startSandbox(t)
  const form = 'amount=1&currency=usd&payment_method_types[]=card'

  const older = await send('POST /v1/payment_intents', form)
  const newer = await send('POST /v1/payment_intents', form, { 'stripe-version': '2026-10-28.endive' })

  assert.equal(older.status, 200)
  assert.equal(newer.body.error?.code, 'parameter_unknown')
})
