import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readProduct } from '../../src/backend/products/read.ts'
import { adminToken, startBackend } from './support.ts'

const product = { id: 'prod_1', name: 'Credits', metadata: { credit_amount: '100' }, default_price: 'price_2' }
const prices = [
  { id: 'price_1', currency: 'usd', unit_amount: 900 },
  { id: 'price_2', currency: 'jpy', unit_amount: 500 },
]

test('a product is taken at its default price, in the currency’s own minor unit', () => {
  const row = readProduct(product, prices)
  assert.ok(!('refused' in row))
  assert.deepEqual([row.amount, row.currency, row.credits, row.isActive], [500, 'jpy', 100, true])
})

test('nothing is made up for what the provider does not say', () => {
  const refusals = [
    readProduct({ ...product, metadata: {} }, prices),
    ...['0', '-5', '10.5', '1e3', 'abc', '', '9999999999999'].map((credit_amount) =>
      readProduct({ ...product, metadata: { credit_amount } }, prices),
    ),
    readProduct(product, []),
    readProduct(product, [{ id: 'price_2', currency: 'usd', unit_amount: null }]),
  ]
  for (const each of refusals) assert.ok('refused' in each, JSON.stringify(each))
})

test('only the administrator syncs, and without a provider nothing is changed', async (t) => {
  const { app } = await startBackend(t)
  const authorization = `Bearer ${adminToken}`
  const without = await app.inject({ method: 'POST', url: '/admin/sync' })
  const unconfigured = await app.inject({ method: 'POST', url: '/admin/sync', headers: { authorization } })
  assert.deepEqual([without.statusCode, unconfigured.statusCode], [401, 503])
  assert.deepEqual((await app.inject('/api/products')).json(), { products: [] })
})
