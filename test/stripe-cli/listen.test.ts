import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { StripeServer } from '../../src/stripe/server.ts'
import { createCli, needsCli } from './cli.ts'
import { startReceiver } from './receiver.ts'
import { serveSandbox } from './sandbox.ts'

const key = 'sk_test_listening'
const ready = /Ready!.*signing secret is (whsec_[0-9a-f]{64})/

test('listen forwards events with its own secret and reports what the application answered', needsCli, async (t) => {
  const { client, server } = await serveSandbox(t)
  const receiver = await startReceiver(t)
  const stripe = client(key)
  const listening = createCli(t, { url: server.url, key }).start([
    'listen',
    '--skip-update',
    '--all-snapshot',
    '--forward-to',
    `${receiver.url}/hook`,
  ])
  const secret = (await listening.until(ready))[1]!

  const customer = await stripe.customers.create({ name: 'Jo' })

  const received = await receiver.find(({ body }) => body.includes(customer.id))
  const event = stripe.webhooks.constructEvent(received.body, received.signature, secret)
  assert.equal(event.type, 'customer.created')
  assert.deepEqual(event.data, (await stripe.events.retrieve(event.id)).data)
  await listening.until(new RegExp(`<--  \\[200\\] POST ${receiver.url}/hook \\[${event.id}\\]`))
  const answers = await firstAnswer(server)
  assert.deepEqual(answers, [{ event: event.id, url: `${receiver.url}/hook`, status: 200, body: 'taken' }])
})

test('the secret of listen is the same every time, and another account has another', needsCli, async (t) => {
  const { server } = await serveSandbox(t)
  const secretOf = async (key: string) =>
    (await createCli(t, { url: server.url, key }).run(['listen', '--print-secret'])).stdout.trim()

  const [first, again, other] = await Promise.all([secretOf(key), secretOf(key), secretOf('sk_test_somebody')])

  assert.match(first!, /^whsec_[0-9a-f]{64}$/)
  assert.equal(again, first)
  assert.notEqual(other, first)
})

test('listen hears of no other account, of connected accounts only through their platform', needsCli, async (t) => {
  const { client, server } = await serveSandbox(t)
  const receiver = await startReceiver(t)
  const connect = `${receiver.url}/connect`
  const listening = createCli(t, { url: server.url, key }).start([
    ...['listen', '--skip-update', '--events', 'product.created', '--forward-to', `${receiver.url}/own`],
    ...['--forward-connect-to', connect],
  ])
  await listening.until(ready)
  const account = await client(key).accounts.create({})

  await client('sk_test_somebody').products.create({ name: 'foreign' })
  await client(key).products.create({ name: 'connected' }, { stripeAccount: account.id })
  await client(key).products.create({ name: 'own' })

  await receiver.find(({ body, path }) => path === '/own' && body.includes('"own"'))
  const connected = await receiver.find(({ path }) => path === '/connect')
  assert.equal((JSON.parse(connected.body) as { account: string }).account, account.id)
  const all = [...receiver.at('/own'), ...receiver.at('/connect')]
  assert.equal(all.length, 2)
})

test('listen --latest gets every event once', needsCli, async (t) => {
  const { client, server } = await serveSandbox(t)
  const receiver = await startReceiver(t)
  const args = ['listen', '--skip-update', '--latest', '--events', 'product.created', '--forward-to', receiver.url]
  const listening = createCli(t, { url: server.url, key }).start(args)
  await listening.until(ready)

  // The tool forwards events side by side: the second is made when the first has come.
  await client(key).products.create({ name: 'first' })
  await receiver.find(({ body }) => body.includes('"first"'))
  await client(key).products.create({ name: 'last' })

  await receiver.find(({ body }) => body.includes('"last"'))
  assert.equal(receiver.at('/').filter(({ body }) => body.includes('"first"')).length, 1)
})

test('listen forwards thin events', needsCli, async (t) => {
  const { client, server, socket } = await serveSandbox(t)
  const receiver = await startReceiver(t)
  const type = 'v1.billing.meter.no_meter_found'
  const cli = createCli(t, { url: server.url, key, socket })
  const args = ['listen', '--skip-update', '--events', type, '--forward-to', receiver.url]
  const listening = cli.start(args)
  const secret = (await listening.until(ready))[1]!

  const run = await cli.run(['trigger', type])

  assert.equal(run.code, 0, run.stdout + run.stderr)
  const { body, signature } = await receiver.find(() => true)
  const stripe = client(key)
  const notification = stripe.parseEventNotification(body, signature, secret)
  assert.equal(notification.type, type)
  assert.equal('data' in notification, false)
  const event = await stripe.v2.core.events.retrieve(notification.id)
  assert.equal(event.type, type)
  assert.equal(event.type === type && event.data.reason.error_types[0]?.code, 'no_meter')
})

test('events resend sends a stored event to listen again, or to the endpoint it names', needsCli, async (t) => {
  const { client, server } = await serveSandbox(t)
  const receiver = await startReceiver(t)
  const stripe = client(key)
  const product = await stripe.products.create({ name: 'before' })
  const url = `${receiver.url}/endpoint`
  const endpoint = await stripe.webhookEndpoints.create({ url, enabled_events: ['customer.deleted'] })
  const { data } = await stripe.events.list({ type: 'product.created' })
  const cli = createCli(t, { url: server.url, key })
  const all = ['listen', '--skip-update', '--all-snapshot', '--forward-to', `${receiver.url}/listen`]
  await cli.start(all).until(ready)

  const runs = [
    await cli.run(['events', 'resend', data[0]!.id]),
    await cli.run(['events', 'resend', data[0]!.id, '--webhook-endpoint', endpoint.id]),
    await cli.run(['events', 'resend', 'evt_unknown']),
  ]

  const [again, toEndpoint] = await Promise.all([
    receiver.find(({ path }) => path === '/listen'),
    receiver.find(({ path }) => path === '/endpoint'),
  ])
  assert.ok(again.body.includes(product.id))
  assert.equal(stripe.webhooks.constructEvent(toEndpoint.body, toEndpoint.signature, endpoint.secret!).id, data[0]!.id)
  assert.ok(runs[0]!.stdout.includes(data[0]!.id))
  assert.match(runs[2]!.stdout + runs[2]!.stderr, /No such event: 'evt_unknown'/)
})

test('logs tail shows the requests that pass its filters, errors with their words', needsCli, async (t) => {
  const { client, server } = await serveSandbox(t)
  const stripe = client(key)
  const start = (...filters: string[]) =>
    createCli(t, { url: server.url, key }).start(['logs', 'tail', '--format', 'JSON', ...filters])
  const failed = start('--filter-status-code-type', '4XX')
  const posts = start('--filter-http-method', 'POST', '--filter-request-status', 'SUCCEEDED')
  await Promise.all([failed.until(/Ready!/), posts.until(/Ready!/)])

  await stripe.customers.retrieve('cus_none').catch(() => {})
  const customer = await stripe.customers.create({ name: 'Jo' })
  await stripe.customers.list()
  await stripe.products.create({ name: 'last' })

  await Promise.all([posts.until(/"url": ?"\/v1\/products"/), posts.until(/"url": ?"\/v1\/customers"/)])
  await failed.until(/No such customer: 'cus_none'/)
  const requests = posts.output().match(/"request_id": ?"req_\w+"/g) ?? []
  assert.equal(requests.length, 2)
  assert.match(posts.output(), new RegExp(String(customer.lastResponse.requestId)))
  assert.doesNotMatch(failed.output(), /\/v1\/products/)
})

test('a restarted sandbox is found again by a listen that still runs', needsCli, async (t) => {
  const first = await serveSandbox(t)
  const receiver = await startReceiver(t)
  const listening = createCli(t, { url: first.server.url, key }).start([
    'listen',
    '--skip-update',
    '--all-snapshot',
    '--forward-to',
    receiver.url,
  ])
  const secret = (await listening.until(ready))[1]!
  const { port } = first.server
  await first.server.close()

  const second = await serveSandbox(t, port)
  const stripe = second.client(key)
  await listening.until(/Session expired, reconnecting[\s\S]*Ready!/)
  await stripe.products.create({ name: 'after' })

  const { body, signature } = await receiver.find(({ body }) => body.includes('"after"'))
  assert.equal(stripe.webhooks.constructEvent(body, signature, secret).type, 'product.created')
})

/** The tool prints an answer before it reports it. */
async function firstAnswer(server: StripeServer): Promise<readonly object[]> {
  const deadline = Date.now() + 10_000
  while (Date.now() < deadline) {
    for (const { id } of server.accounts.all())
      if (server.cliSessions.answers(id).length > 0) return server.cliSessions.answers(id)
    await setImmediate()
  }
  return []
}
