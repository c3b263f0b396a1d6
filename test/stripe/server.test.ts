import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Stripe } from 'stripe'
import { createStripeServer, type StripeServer } from '../../src/stripe/server.ts'

const bugs: unknown[] = []
let server: StripeServer
const client = (key: string, options: object = {}) =>
  new Stripe(key, { host: '127.0.0.1', port: server.port, protocol: 'http', maxNetworkRetries: 0, ...options })

before(async () => {
  server = await createStripeServer({ resources: {}, onBug: (error) => bugs.push(error) })
})
after(async () => {
  await server.close()
  assert.deepEqual(bugs, [])
})

test('the real client creates, reads, updates, lists, searches and deletes', async () => {
  const stripe = client('sk_test_smoke')
  const made = await stripe.customers.create({ email: 'ann@example.com', metadata: { order: '1' } })
  await stripe.customers.update(made.id, { name: 'Ann', metadata: { order: '', seat: '4' } })

  const [read, list, found] = await Promise.all([
    stripe.customers.retrieve(made.id),
    stripe.customers.list({ email: 'ann@example.com' }),
    stripe.customers.search({ query: 'email:"ann@example.com" AND metadata["seat"]:"4"' }),
  ])
  const deleted = await stripe.customers.del(made.id)

  assert.match(made.id, /^cus_[A-Za-z0-9]{14}$/)
  assert.ok(!read.deleted && read.name === 'Ann')
  assert.deepEqual([list.data.length, found.data.length, deleted.deleted], [1, 1, true])
  const after = await stripe.customers.retrieve(made.id)
  assert.equal(after.deleted, true)
})

test('pages follow each other in the client until there are no more', async () => {
  const stripe = client('sk_test_pages')
  for (let at = 0; at < 25; at++) await stripe.products.create({ name: `p${at}` })

  const names: string[] = []
  for await (const product of stripe.products.list({ limit: 10 })) names.push(product.name)

  assert.deepEqual(
    names,
    Array.from({ length: 25 }, (_, at) => `p${24 - at}`),
  )
})

test('events tell what changed, who asked and under which key', async () => {
  const stripe = client('sk_test_events')
  const made = await stripe.customers.create({ name: 'a' }, { idempotencyKey: 'make' })
  await stripe.customers.update(made.id, { name: 'b', metadata: { seat: '4' } })

  const { data } = await stripe.events.list({ types: ['customer.updated', 'customer.created'] })

  assert.deepEqual(
    data.map(({ type }) => type),
    ['customer.updated', 'customer.created'],
  )
  assert.deepEqual(data[0]?.data.previous_attributes, { name: 'a', metadata: { seat: null } })
  assert.equal(data[1]?.request?.idempotency_key, 'make')
  assert.equal((await stripe.events.retrieve(data[1]!.id)).id, data[1]?.id)
})

test('accounts do not see each other, connected ones are chosen by header', async () => {
  const stripe = client('sk_test_platform')
  const account = await stripe.accounts.create({ type: 'standard' })
  const made = await stripe.customers.create({}, { stripeAccount: account.id })

  const ids = async (options: object) => (await stripe.customers.list({}, options)).data.map(({ id }) => id)

  assert.deepEqual([await ids({}), await ids({ stripeAccount: account.id })], [[], [made.id]])
  await assert.rejects(stripe.customers.list({}, { stripeAccount: 'acct_other' }), {
    code: 'account_invalid',
    statusCode: 403,
  })
  await assert.rejects(client('sk_test_stranger').customers.list({}, { stripeAccount: account.id }), {
    statusCode: 403,
  })
})

test('v2 speaks JSON: accounts are made, paged by token, and refused with a code', async () => {
  const stripe = client('sk_test_v2')
  for (const name of ['a', 'b', 'c']) await stripe.v2.core.accounts.create({ display_name: name })

  const names: (string | undefined)[] = []
  for await (const account of stripe.v2.core.accounts.list({ limit: 2 })) names.push(account.display_name)

  assert.deepEqual(names, ['c', 'b', 'a'])
  await assert.rejects(stripe.v2.core.accounts.retrieve('acct_none'), { code: 'not_found', statusCode: 404 })
})

test('broken URLs, unknown paths and live keys get errors that the client raises', async () => {
  const stripe = client('sk_test_errors')
  const raw = await fetch(`${server.url}/v1/%zz`, { headers: { authorization: 'Bearer sk_test_errors' } })
  const body = (await raw.json()) as { error: { type: string } }

  assert.deepEqual([raw.status, body.error.type], [404, 'invalid_request_error'])
  await assert.rejects(stripe.rawRequest('GET', '/v1/nothing'), { statusCode: 404 })
  await assert.rejects(client('sk_live_1234567890').balance.retrieve(), {
    type: 'StripeAuthenticationError',
    message: /live keys/,
  })
})

test('the journal tells what was asked and what was only imitated; a reset empties the account', async () => {
  const stripe = client('sk_test_journal')
  const headers = { authorization: 'Bearer sk_test_journal' }
  await stripe.customers.create({ name: 'a' })
  await stripe.customers.retrieve('cus_none').catch(() => {})

  const journal = await fetch(`${server.url}/_gatekit/requests?path=/v1/customers*`, { headers })
  const { count, generic, data } = (await journal.json()) as {
    count: number
    generic: number
    data: Record<string, unknown>[]
  }
  await fetch(`${server.url}/_gatekit/reset`, { method: 'POST', headers })

  assert.deepEqual([count, generic], [2, 2])
  assert.deepEqual(
    data.map(({ operation, status }) => [operation, status]),
    [
      ['POST /v1/customers', 200],
      ['GET /v1/customers/{id}', 404],
    ],
  )
  assert.equal((await stripe.customers.list()).data.length, 0)
})

test('the same seed gives the same ids', async () => {
  const ids = []
  for (const seed of [1, 1, 2]) {
    const other = await createStripeServer({ seed, resources: {} })
    const stripe = new Stripe('sk_test_seed', { host: '127.0.0.1', port: other.port, protocol: 'http' })
    ids.push((await stripe.customers.create({})).id)
    await other.close()
  }

  assert.equal(ids[0], ids[1])
  assert.notEqual(ids[0], ids[2])
})
