import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import Stripe from 'stripe'
import { createSandbox, type Sandbox } from '../../src/index.ts'

let sandbox: Sandbox
let receiver: Server
const received: { body: string; signature: string }[] = []

before(async () => {
  sandbox = await createSandbox()
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    received.push({ body: Buffer.concat(chunks).toString(), signature: String(request.headers['stripe-signature']) })
    response.end()
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
})
after(async () => {
  receiver.closeAllConnections()
  receiver.close()
  await sandbox.close()
})

async function setUp() {
  const account = sandbox.account()
  const stripe = new Stripe(account.key, account.stripe())
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
  const { id, secret = '' } = await stripe.webhookEndpoints.create({ url, enabled_events: ['customer.created'] })
  /** What arrives for one more event. */
  const deliver = async () => {
    await stripe.customers.create()
    await account.webhooks.idle()
    return received.at(-1) ?? { body: '', signature: '' }
  }
  const accepts = (by: string, { body, signature }: { body: string; signature: string }) => {
    try {
      return stripe.webhooks.constructEvent(body, signature, by).type === 'customer.created'
    } catch {
      return false
    }
  }
  return { account, stripe, id, old: secret, deliver, accepts }
}

test('while a secret is rolled both sign, and the official library accepts either; then only the new one', async () => {
  const { account, id, old, deliver, accepts } = await setUp()

  const fresh = await account.webhooks.roll(id, '2h')

  const both = await deliver()
  assert.equal(both.signature.match(/v1=/g)?.length, 2)
  assert.deepEqual([accepts(old, both), accepts(fresh, both)], [true, true])
  await account.advance('2h')
  const one = await deliver()
  assert.equal(one.signature.match(/v1=/g)?.length, 1)
  assert.deepEqual([accepts(old, one), accepts(fresh, one)], [false, true])
})

test('a secret that leaked is replaced at once, and one of an earlier roll signs no more', async () => {
  const { account, id, old, deliver, accepts } = await setUp()

  const second = await account.webhooks.roll(id)
  const third = await account.webhooks.roll(id)
  const delivery = await deliver()
  const fourth = await account.webhooks.roll(id, '0')
  const last = await deliver()

  assert.deepEqual(
    [old, second, third].map((secret) => accepts(secret, delivery)),
    [false, true, true],
  )
  assert.deepEqual([accepts(third, last), accepts(fourth, last)], [false, true])
})

test('an unknown endpoint and more than a day are refused', async () => {
  const { account, id } = await setUp()

  await assert.rejects(account.webhooks.roll('we_none'), /no webhook endpoint we_none/)
  await assert.rejects(account.webhooks.roll(id, '25h'), /at most 24h/)
})

test('a snapshot that is taken while a secret is rolled keeps both', async () => {
  const { account, stripe, id, old, deliver, accepts } = await setUp()
  const fresh = await account.webhooks.roll(id)
  const snapshot = await account.snapshot()
  await stripe.webhookEndpoints.del(id)

  await account.restore(snapshot)
  const delivery = await deliver()

  assert.deepEqual([accepts(old, delivery), accepts(fresh, delivery)], [true, true])
})
