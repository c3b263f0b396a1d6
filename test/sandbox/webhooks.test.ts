import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import Stripe from 'stripe'
import { createSandbox, type Sandbox } from '../../src/index.ts'

let sandbox: Sandbox
let receiver: Server
/** Bodies by path, and the status to answer there with. */
const received = new Map<string, { id: string; type: string }[]>()
const statuses = new Map<string, number[]>()

before(async () => {
  sandbox = await createSandbox()
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const path = String(request.url)
    received.set(path, [...(received.get(path) ?? []), JSON.parse(Buffer.concat(chunks).toString())])
    response.writeHead(statuses.get(path)?.shift() ?? 200).end('taken')
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
  const path = `/${account.id}`
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}${path}`
  await stripe.webhookEndpoints.create({ url, enabled_events: ['*'] })
  const got = () => received.get(path) ?? []
  return { account, stripe, path, got }
}

test('what is held comes when it is released, the newest first if that is wished', async () => {
  const { account, stripe, got } = await setUp()
  await account.webhooks.set({ hold: true })
  for (const name of ['a', 'b', 'c']) await stripe.customers.create({ name })
  await account.webhooks.idle()
  assert.equal(got().length, 0)

  const released = await account.webhooks.release('reversed')
  await account.webhooks.idle()

  const created = account.events('customer.created').map(({ id }) => id)
  assert.deepEqual(released, created.reverse())
  assert.deepEqual(
    got().map(({ id }) => id),
    released,
  )
})

test('events go in the order of the ids that are named, the others stay', async () => {
  const { account, stripe, got } = await setUp()
  await account.webhooks.set({ hold: ['customer.created'] })
  for (const name of ['a', 'b', 'c']) await stripe.customers.create({ name })
  const [first, second, third] = account.events('customer.created').map(({ id }) => id) as [string, string, string]

  await account.webhooks.release([third, first])
  await account.webhooks.idle()

  assert.deepEqual(
    got().map(({ id }) => id),
    [third, first],
  )
  await assert.rejects(account.webhooks.release([third]), /not held back/)
  assert.deepEqual(await account.webhooks.release(), [second])
  await account.webhooks.idle()
})

test('an event is sent as often as wished', async () => {
  const { account, stripe, got } = await setUp()
  await account.webhooks.set({ duplicate: 3 })

  await stripe.customers.create()
  await account.webhooks.idle()

  assert.equal(got().length, 3)
  assert.equal(new Set(got().map(({ id }) => id)).size, 1)
})

test('a delay and the retries run on the clock of the account', async () => {
  const { account, stripe, path, got } = await setUp()
  await account.webhooks.set({ delay: '1h' })
  statuses.set(path, [500, 200])

  await stripe.customers.create()
  await account.webhooks.idle()
  const atOnce = got().length
  await account.advance('2h')
  const afterTheDelay = got().length
  await account.advance('10m')

  assert.deepEqual([atOnce, afterTheDelay, got().length], [0, 1, 2])
  assert.deepEqual(
    account.webhooks.deliveries().map(({ attempt, status, delivered }) => [attempt, status, delivered]),
    [
      [1, 500, false],
      [2, 200, true],
    ],
  )
})

test('the log has what was sent and what came back', async () => {
  const { account, stripe } = await setUp()

  const { id } = await stripe.customers.create()
  await account.webhooks.idle()

  const [delivery] = account.webhooks.deliveries()
  assert.equal(JSON.parse(delivery?.body ?? '').data.object.id, id)
  assert.deepEqual([delivery?.status, delivery?.response], [200, 'taken'])
})
