import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resources } from '../../../src/stripe/resources/list.ts'
import { startSandbox } from '../sandbox.ts'

test('a price, a plan and price data of no or of too many intervals are refused by the name of the number', async (t) => {
  const { send } = await startSandbox(t, { resources })
  const price = (interval: string, count: number) =>
    `currency=usd&unit_amount=500&product_data[name]=Pro&recurring[interval]=${interval}&recurring[interval_count]=${count}`

  const refused = await Promise.all([
    send('POST /v1/prices', price('day', -1)),
    send('POST /v1/prices', price('month', 0)),
    send('POST /v1/prices', price('year', 4)),
    send('POST /v1/plans', 'amount=500&currency=usd&product[name]=Pro&interval=week&interval_count=157'),
  ])
  const taken = await send('POST /v1/prices', price('week', 156))

  assert.deepEqual(
    refused.map(({ status, body }) => [status, body.error?.param]),
    Array(4).fill([400, 'recurring[interval_count]']),
  )
  assert.equal(taken.status, 200)
})
