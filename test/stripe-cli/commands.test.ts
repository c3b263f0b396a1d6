import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createCli, needsCli } from './cli.ts'
import { serveSandbox } from './sandbox.ts'

const key = 'sk_test_commanding'

test('post, get and delete reach the API with their data, flags and errors', needsCli, async (t) => {
  const { client, server } = await serveSandbox(t)
  const { run } = createCli(t, { url: server.url, key })

  const created = await run(['post', '/v1/customers', '-d', 'name=Jo', '-d', 'metadata[tier]=gold', '-i', 'key-1'])
  const again = await run(['post', '/v1/customers', '-d', 'name=Jo', '-d', 'metadata[tier]=gold', '-i', 'key-1'])
  const { id } = JSON.parse(created.stdout) as { id: string }
  const read = await run(['get', `/v1/customers/${id}`])
  const deleted = await run(['delete', `/v1/customers/${id}`, '--confirm'])
  const missing = await run(['get', '/v1/customers/cus_none'])

  assert.equal((JSON.parse(again.stdout) as { id: string }).id, id)
  assert.equal((JSON.parse(read.stdout) as { metadata: { tier: string } }).metadata.tier, 'gold')
  assert.equal((JSON.parse(deleted.stdout) as { deleted: boolean }).deleted, true)
  assert.equal((await client(key).customers.retrieve(id)).deleted, true)
  assert.match(missing.stdout + missing.stderr, /No such customer: 'cus_none'/)
})

test('resource commands speak for their operation: create, list, cancel, nested namespaces', needsCli, async (t) => {
  const { server } = await serveSandbox(t)
  const { run } = createCli(t, { url: server.url, key })
  const json = async (args: string[]) => {
    const { code, stderr, stdout } = await run(args)
    assert.equal(code, 0, stdout + stderr)
    return JSON.parse(stdout) as { id: string; object: string; status?: string; data?: { id: string }[] }
  }

  const intent = await json([
    ...['payment_intents', 'create', '--amount=1000', '--currency=usd', '--confirm=true'],
    ...['--payment-method=pm_card_visa', '-d', 'payment_method_types[]=card'],
  ])
  const held = await json(['payment_intents', 'create', '--amount=1000', '--currency=usd'])
  const canceled = await json(['payment_intents', 'cancel', held.id])
  const list = await json(['payment_intents', 'list', '--limit=1'])
  const clock = await json(['test_helpers', 'test_clocks', 'create', '--frozen-time=1577836800'])

  assert.equal(intent.status, 'succeeded')
  assert.equal(canceled.status, 'canceled')
  assert.deepEqual(
    list.data?.map(({ id }) => id),
    [held.id],
  )
  assert.equal(clock.object, 'test_helpers.test_clock')
})

test('fixtures fill an account from a file, each step using the answers of those before', needsCli, async (t) => {
  const { client, folder, server } = await serveSandbox(t)
  const file = join(folder, 'shop.json')
  writeFileSync(
    file,
    JSON.stringify({
      _meta: { template_version: 0 },
      fixtures: [
        { name: 'mug', path: '/v1/products', method: 'post', params: { name: 'Mug' } },
        {
          name: 'price',
          path: '/v1/prices',
          method: 'post',
          params: { product: '${mug:id}', unit_amount: 1500, currency: 'eur', recurring: { interval: 'month' } },
        },
        { name: 'jo', path: '/v1/customers', method: 'post', params: { source: 'tok_visa', email: 'jo@example.com' } },
        {
          name: 'subscription',
          path: '/v1/subscriptions',
          method: 'post',
          params: { customer: '${jo:id}', items: [{ price: '${price:id}', quantity: 2 }] },
        },
      ],
    }),
  )

  const { code, stderr, stdout } = await createCli(t, { url: server.url, key }).run(['fixtures', file])

  assert.equal(code, 0, stdout + stderr)
  const { data } = await client(key).subscriptions.list({ expand: ['data.latest_invoice', 'data.customer'] })
  assert.equal(data.length, 1)
  const { customer, latest_invoice, status } = data[0]!
  assert.equal(status, 'active')
  assert.equal((customer as { email: string }).email, 'jo@example.com')
  assert.equal((latest_invoice as { amount_paid: number }).amount_paid, 3000)
})

test('trigger takes overrides, additions and another account', needsCli, async (t) => {
  const { client, server } = await serveSandbox(t)
  const stripe = client(key)
  const account = await stripe.accounts.create({})
  const { run } = createCli(t, { url: server.url, key })

  const own = await run(['trigger', 'customer.created', '--override', 'customer:name=Bo', '--add', 'customer:phone=1'])
  const other = await run(['trigger', 'product.created', '--stripe-account', account.id])

  assert.equal(own.code, 0, own.stdout + own.stderr)
  assert.equal(other.code, 0, other.stdout + other.stderr)
  const [customer] = (await stripe.customers.list()).data
  assert.deepEqual([customer?.name, customer?.phone], ['Bo', '1'])
  assert.equal((await stripe.products.list({}, { stripeAccount: account.id })).data.length, 1)
  assert.equal((await stripe.products.list()).data.length, 0)
})
