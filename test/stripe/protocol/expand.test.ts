import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startSandbox } from '../sandbox.ts'

async function shop(t: Parameters<typeof startSandbox>[0]) {
  const { send } = await startSandbox(t)
  const product = (await send('POST /v1/products', 'name=Pack')).body
  const price = (await send('POST /v1/prices', `currency=usd&unit_amount=100&product=${product.id}`)).body
  return { send, product, price }
}

test('an id becomes its object on GET, on POST and inside lists; nothing stored changes', async (t) => {
  const { send, product, price } = await shop(t)

  const got = await send(`GET /v1/prices/${price.id}`, 'expand[]=product')
  const posted = await send(`POST /v1/prices/${price.id}`, 'nickname=x&expand[]=product')
  const listed = await send('GET /v1/prices', 'expand[]=data.product')

  assert.deepEqual(got.body.product, product)
  assert.deepEqual(posted.body.product, product)
  assert.deepEqual(listed.body.data?.[0]?.product, product)
  assert.equal((await send(`GET /v1/prices/${price.id}`)).body.product, product.id)
})

test('paths that lead nowhere or too deep are refused', async (t) => {
  const { send, price } = await shop(t)

  for (const path of ['nope', 'currency', 'product.nope', 'a.b.c.d.e']) {
    const { status, body } = await send(`GET /v1/prices/${price.id}`, `expand[]=${path}`)
    assert.equal(status, 400, path)
    assert.match(body.error?.message ?? '', /cannot (be expanded|expand more than 4 levels)/)
  }
})
