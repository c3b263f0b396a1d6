import assert from 'node:assert/strict'
import { test } from 'node:test'
import type Stripe from 'stripe'
import { misfits } from '../../src/stripe/protocol/verify.ts'
import { type Cli, createCli, needsCli } from './cli.ts'
import { type Received, type Receiver, startReceiver } from './receiver.ts'
import { type ServedSandbox, serveSandbox } from './sandbox.ts'

/** How many events version 1.52 of the tool knows. */
const known = 123

test('every event that the tool can trigger is made, listed, well-formed and delivered with its signature', {
  ...needsCli,
  concurrency: 2,
}, async (t) => {
  const sandbox = await serveSandbox(t)
  const receiver = await startReceiver(t)
  const events = eventsIn(
    (await createCli(t, { url: sandbox.server.url, key: keyOf('help') }).run(['trigger', '--help'])).stdout,
  )
  assert.equal(events.length, known)
  let passed = 0

  await Promise.all(
    events.map((event) =>
      t.test(event, async (t) => {
        const key = keyOf(event)
        const socket = isMeterEvent(event) ? { socket: sandbox.socket } : {}
        const cli = createCli(t, { url: sandbox.server.url, key, ...socket })
        await assertTriggered(event, sandbox.client(key), { cli, receiver, sandbox })
        passed++
      }),
    ),
  )

  t.diagnostic(`${passed} of ${events.length} triggers pass`)
  assert.deepEqual(sandbox.problems, [])
  assert.equal(passed, known)
})

interface Parts {
  cli: Cli
  receiver: Receiver
  sandbox: ServedSandbox
}

async function assertTriggered(event: string, stripe: Stripe, { cli, receiver, sandbox }: Parts): Promise<void> {
  const type = typeOf(event)
  const path = `/${event}`
  const verify = await registerEndpoints(stripe, receiver.url + path)
  if (event.startsWith('transfer.')) await fund(stripe)

  const run = await cli.run(['trigger', event])

  assert.equal(run.code, 0, run.stdout + run.stderr)
  assert.match(run.stdout, /Trigger succeeded/)
  const received = await receiver.find((each) => each.path === path && typeIn(each) === type)
  const delivered = verify(received)
  assert.equal(delivered.type, type)
  await assertListed(stripe, sandbox, delivered)
  if (delivered.object === 'event') assertWellFormed(sandbox, delivered)
}

/** Endpoints for the account's own events, for those of connected accounts and for thin events; returns who checks signatures. */
async function registerEndpoints(stripe: Stripe, url: string): Promise<(received: Received) => Delivered> {
  const own = await stripe.webhookEndpoints.create({ url, enabled_events: ['*'] })
  const connect = await stripe.webhookEndpoints.create({ url, enabled_events: ['*'], connect: true })
  const thin = await stripe.v2.core.eventDestinations.create({
    name: 'thin',
    type: 'webhook_endpoint',
    event_payload: 'thin',
    enabled_events: ['*'],
    include: ['webhook_endpoint.signing_secret'],
    webhook_endpoint: { url },
  })
  return ({ body, signature }) => {
    const { account, object } = JSON.parse(body) as Delivered
    if (object === 'v2.core.event') {
      const secret = thin.webhook_endpoint?.signing_secret ?? ''
      return stripe.parseEventNotification(body, signature, secret) as unknown as Delivered
    }
    const { secret = '' } = account === undefined ? own : connect
    return stripe.webhooks.constructEvent(body, signature, secret) as unknown as Delivered
  }
}

interface Delivered {
  id: string
  object: string
  type: string
  account?: string
  api_version?: string
  data?: { object: Record<string, unknown> }
}

/** The platform has no access any more to an account that was just disconnected: there the store is asked. */
async function assertListed(stripe: Stripe, { server }: ServedSandbox, { account, id, object, type }: Delivered) {
  if (object === 'v2.core.event') {
    const { data } = await stripe.v2.core.events.list({ limit: 50 })
    return assert.ok(data.some((event) => event.id === id))
  }
  if (type === 'account.application.deauthorized')
    return assert.ok(
      server.accounts
        .find(account ?? '')
        ?.store.table('event')
        .get(id),
    )
  const options = account === undefined ? {} : { stripeAccount: account }
  const { data } = await stripe.events.list({ type }, options)
  assert.ok(data.some((event) => event.id === id))
}

function assertWellFormed({ server }: ServedSandbox, { api_version, data, id, type }: Delivered): void {
  const { schema } = server
  assert.match(id, /^evt_[A-Za-z0-9]{24}$/)
  assert.equal(api_version, schema.catalogue.api)
  assert.ok(data)
  const code = schema.catalogue.events[type]
  assert.ok(code, `the SDK has no event ${type}`)
  assert.deepEqual(misfits(schema, schema.code(code), data.object, type), [])
}

/** Money that is available at once: the tool sends transfers of more than the charges it makes for them leave after fees. */
async function fund(stripe: Stripe): Promise<void> {
  await stripe.paymentIntents.create({
    amount: 10_000,
    currency: 'usd',
    confirm: true,
    payment_method: 'pm_card_bypassPending',
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  })
}

const eventsIn = (help: string): string[] => {
  const [, list = ''] = help.split('Supported events:')
  return [...list.split('Usage:')[0]!.matchAll(/^ +([a-z0-9_.]+)$/gm)].map((match) => match[1]!)
}

/** Some names are a variant (`….eu`) or another word for the event that is made. */
const typeOf = (event: string): string =>
  event.replace(/\.(eu|gb)$/, '').replace(/^subscription\.payment_/, 'invoice.payment_')

const isMeterEvent = (event: string): boolean => event.startsWith('v1.billing.meter.')
const keyOf = (name: string): string => `sk_test_trigger_${name.replace(/\W/g, '_')}`
const typeIn = ({ body }: Received): unknown => (JSON.parse(body) as Delivered).type
