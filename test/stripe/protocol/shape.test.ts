import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadCatalogue } from '../../../src/stripe/catalogue/load.ts'
import { Schema } from '../../../src/stripe/catalogue/schema.ts'
import { fill } from '../../../src/stripe/protocol/shape.ts'
import { typeMisfits } from '../../../src/stripe/protocol/verify.ts'

const schema = new Schema(await loadCatalogue())
const world = {
  now: 1_700_000_000,
  newId: (object: string) => `${object}_1`,
  newSecret: (length: number) => 'x'.repeat(length),
}

test('every stored type filled from nothing is true to itself', () => {
  const objects = new Set(Object.values(schema.catalogue.types).map(({ object }) => object?.slice(1)))
  const wrong: string[] = []
  let count = 0

  for (const object of objects) {
    const type = object === undefined ? undefined : schema.typeOf(object)
    if (!type || type.name.endsWith('Event')) continue
    count++
    wrong.push(...typeMisfits(schema, type, fill(schema, type, {}, world), type.name))
  }

  assert.ok(count > 140, String(count))
  assert.deepEqual(wrong, [])
})

test('required fields are there, nullable ones null, optional ones only when given', () => {
  const refund = fill(schema, schema.typeOf('refund')!, { amount: 5, next_action: undefined }, world)

  assert.deepEqual([refund.id, refund.amount, refund.charge, refund.created], ['refund_1', 5, null, world.now])
  assert.ok(!('description' in refund) && !('next_action' in refund))
  assert.deepEqual(Object.keys(refund).slice(0, 2), ['id', 'object'])
})

test('nested objects get their own shape, arrays given for lists become lists', () => {
  const customer = fill(schema, schema.typeOf('customer')!, { address: { city: 'Ulm' }, subscriptions: [] }, world)

  assert.deepEqual(customer.address, {
    city: 'Ulm',
    country: null,
    line1: null,
    line2: null,
    postal_code: null,
    state: null,
  })
  assert.deepEqual(customer.subscriptions, { object: 'list', data: [], has_more: false, url: '' })
})

test('what is missing, mistyped or unknown is found', () => {
  const type = schema.typeOf('refund')!
  const { amount: _gone, ...refund } = fill(schema, type, { currency: 7, foo: 1 }, world)

  assert.deepEqual(typeMisfits(schema, type, { ...refund, created: 1.5 }, 'refund').sort(), [
    'refund.amount: missing',
    'refund.created: number is not timestamp',
    'refund.currency: number is not string',
    'refund.foo: unknown',
  ])
})
