import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type Stripe from 'stripe'
import { refusalOf } from '../../support/stripe.ts'
import { type Behaviour, eventTypes, runBehaviours } from './run.ts'

const item = {
  price_data: { currency: 'usd', unit_amount: 1500, product_data: { name: 'Pack' } },
  quantity: 2,
} as const
const monthly = { price_data: { ...item.price_data, recurring: { interval: 'month' } }, quantity: 1 } as const
const params = {
  mode: 'payment',
  success_url: 'https://shop.example/done?id={CHECKOUT_SESSION_ID}',
  line_items: [item],
} as const
const open = (stripe: Stripe, more: Partial<Stripe.Checkout.SessionCreateParams> = {}) =>
  stripe.checkout.sessions.create({ ...params, line_items: [item], ...more })

/** Presses the button of the hosted page as a browser does. */
const press = (session: Stripe.Checkout.Session, number = '4242424242424242') =>
  fetch(session.url ?? '', {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ email: 'ann@example.com', number, expiry: '12/34', cvc: '123', name: 'Ann' }),
  })

const create = 'api/checkout/sessions/create'
const object = 'api/checkout/sessions/object'

const behaviours: Behaviour[] = [
  [
    'a session is open, unpaid and has a page',
    object,
    async ({ stripe }) => {
      const session = await open(stripe)
      assert.deepEqual(
        [session.status, session.payment_status, session.amount_total, session.currency],
        ['open', 'unpaid', 3000, 'usd'],
      )
      assert.match(session.url ?? '', new RegExp(`^http://127\\.0\\.0\\.1:\\d+/c/pay/${session.id}$`))
      assert.match(session.id, /^cs_test_/)
    },
  ],
  [
    'a session expires after a day',
    object,
    async ({ stripe }) => {
      const session = await open(stripe)
      assert.equal(session.expires_at - session.created, 86_400)
    },
  ],
  [
    'line items come when they are asked for',
    'api/expanding_objects',
    async ({ stripe }) => {
      const { id, line_items } = await open(stripe)
      const expanded = await stripe.checkout.sessions.retrieve(id, { expand: ['line_items'] })
      assert.equal(line_items, undefined)
      assert.deepEqual(
        expanded.line_items?.data.map((each) => [each.description, each.quantity, each.amount_total]),
        [['Pack', 2, 3000]],
      )
    },
  ],
  [
    'line items have a list of their own',
    'api/checkout/sessions/line_items',
    async ({ stripe }) => {
      const { id } = await open(stripe, { line_items: [item, item, item] })
      const page = await stripe.checkout.sessions.listLineItems(id, { limit: 2 })
      assert.deepEqual([page.data.length, page.has_more], [2, true])
    },
  ],
  [
    'the success url is required',
    create,
    async ({ stripe }) => {
      const { success_url: _, ...rest } = params
      assert.equal(
        (await refusalOf(stripe.checkout.sessions.create({ ...rest, line_items: [item] }))).param,
        'success_url',
      )
    },
  ],
  [
    'the success url has to be one',
    create,
    async ({ stripe }) => {
      assert.equal((await refusalOf(open(stripe, { success_url: 'javascript:alert(1)' }))).code, 'url_invalid')
    },
  ],
  [
    'line items are required',
    create,
    async ({ stripe }) => {
      assert.equal((await refusalOf(open(stripe, { line_items: [] }))).statusCode, 400)
    },
  ],
  [
    'a quantity is required',
    create,
    async ({ stripe }) => {
      const { quantity: _, ...rest } = item
      assert.match((await refusalOf(open(stripe, { line_items: [rest] }))).message, /^Quantity is required/)
    },
  ],
  [
    'a recurring price does not fit payment mode',
    create,
    async ({ stripe }) => {
      assert.match((await refusalOf(open(stripe, { line_items: [monthly] }))).message, /passed a recurring price/)
    },
  ],
  [
    'subscription mode wants a recurring price',
    create,
    async ({ stripe }) => {
      assert.match((await refusalOf(open(stripe, { mode: 'subscription' }))).message, /at least one recurring price/)
    },
  ],
  [
    'an expiry in ten minutes is refused',
    create,
    async ({ sandbox, stripe }) => {
      const expires_at = Math.floor(sandbox.clock.now() / 1000) + 600
      assert.equal((await refusalOf(open(stripe, { expires_at }))).param, 'expires_at')
    },
  ],
  [
    'paying completes the session and sends the customer on',
    'payments/checkout/how-checkout-works',
    async ({ stripe }) => {
      const session = await open(stripe, { metadata: { order: '7' } })
      const { headers, status } = await press(session)
      const paid = await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent'] })
      assert.deepEqual([status, headers.get('location')], [303, `https://shop.example/done?id=${session.id}`])
      assert.deepEqual(
        [paid.status, paid.payment_status, paid.url, paid.metadata?.order],
        ['complete', 'paid', null, '7'],
      )
      assert.equal((paid.payment_intent as Stripe.PaymentIntent).amount_received, 3000)
    },
  ],
  [
    'the payment intent gets the data meant for it',
    `${create}#create_checkout_session-payment_intent_data`,
    async ({ stripe }) => {
      const session = await open(stripe, { payment_intent_data: { metadata: { order: '8' }, description: 'Order 8' } })
      await press(session)
      const { payment_intent } = await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent'] })
      const { description, metadata } = payment_intent as Stripe.PaymentIntent
      assert.deepEqual([description, metadata], ['Order 8', { order: '8' }])
    },
  ],
  [
    'the session completes after its payment',
    'payments/checkout/fulfillment',
    async ({ stripe }) => {
      await press(await open(stripe))
      const expected = [
        'payment_intent.created',
        'charge.succeeded',
        'payment_intent.succeeded',
        'checkout.session.completed',
      ]
      assert.deepEqual((await eventTypes(stripe)).slice(-4), expected)
    },
  ],
  [
    'a declined card leaves the session open',
    'payments/checkout/how-checkout-works',
    async ({ stripe }) => {
      const session = await open(stripe)
      const { status } = await press(session, '4000000000009995')
      const { payment_status, status: still } = await stripe.checkout.sessions.retrieve(session.id)
      assert.deepEqual([status, still, payment_status], [402, 'open', 'unpaid'])
      assert.equal((await press(session)).status, 303)
    },
  ],
  [
    'pressing the button twice charges once',
    'payments/checkout/how-checkout-works',
    async ({ stripe }) => {
      const session = await open(stripe)
      await Promise.all([press(session), press(session)])
      const { data } = await stripe.charges.list()
      assert.equal(data.length, 1)
    },
  ],
  [
    'an expired session cannot be paid',
    'api/checkout/sessions/expire',
    async ({ stripe }) => {
      const session = await open(stripe)
      assert.equal((await stripe.checkout.sessions.expire(session.id)).status, 'expired')
      assert.equal((await press(session)).status, 410)
      assert.deepEqual((await stripe.charges.list()).data, [])
      assert.ok((await eventTypes(stripe)).includes('checkout.session.expired'))
    },
  ],
  [
    'a paid session cannot be expired',
    'api/checkout/sessions/expire',
    async ({ stripe }) => {
      const session = await open(stripe)
      await press(session)
      assert.match(
        (await refusalOf(stripe.checkout.sessions.expire(session.id))).message,
        /^Only Checkout Sessions with a status in \["open"\] can be expired/,
      )
    },
  ],
  [
    'a session expires when its time is over',
    'payments/checkout/abandoned-carts',
    async ({ sandbox, stripe }) => {
      const session = await open(stripe)
      await sandbox.pass(86_401)
      assert.equal((await stripe.checkout.sessions.retrieve(session.id)).status, 'expired')
    },
  ],
  [
    'a paid session stays paid when its time is over',
    'payments/checkout/abandoned-carts',
    async ({ sandbox, stripe }) => {
      const session = await open(stripe)
      await press(session)
      await sandbox.pass(86_401)
      assert.equal((await stripe.checkout.sessions.retrieve(session.id)).status, 'complete')
    },
  ],
  [
    'setup mode saves a card and charges nothing',
    'payments/save-and-reuse',
    async ({ stripe }) => {
      const { id: customer } = await stripe.customers.create()
      const session = await stripe.checkout.sessions.create({
        mode: 'setup',
        currency: 'usd',
        customer,
        success_url: params.success_url,
      })
      await press(session)
      const done = await stripe.checkout.sessions.retrieve(session.id)
      assert.deepEqual([done.status, done.payment_status, done.amount_total], ['complete', 'no_payment_required', null])
      assert.equal((await stripe.customers.listPaymentMethods(customer)).data.length, 1)
      assert.deepEqual((await stripe.charges.list()).data, [])
    },
  ],
  [
    'subscription mode makes a customer and an active subscription',
    'payments/subscriptions',
    async ({ stripe }) => {
      const session = await open(stripe, { mode: 'subscription', line_items: [monthly] })
      await press(session)
      const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription'] })
      const subscription = done.subscription as Stripe.Subscription
      assert.deepEqual([subscription.status, subscription.customer], ['active', done.customer])
      assert.equal(subscription.items.data[0]?.price.unit_amount, 1500)
    },
  ],
  [
    'a trial takes no money at first',
    'payments/checkout/free-trials',
    async ({ stripe }) => {
      const session = await open(stripe, {
        mode: 'subscription',
        line_items: [monthly],
        subscription_data: { trial_period_days: 7 },
      })
      await press(session)
      const { subscription } = await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription'] })
      assert.equal((subscription as Stripe.Subscription).status, 'trialing')
      assert.deepEqual((await stripe.charges.list()).data, [])
    },
  ],
  [
    'the signing secret of an endpoint is shown once',
    'api/webhook_endpoints/object',
    async ({ stripe }) => {
      const { id, secret } = await stripe.webhookEndpoints.create({
        url: 'http://127.0.0.1:9/hook',
        enabled_events: ['*'],
      })
      assert.match(secret ?? '', /^whsec_/)
      assert.equal((await stripe.webhookEndpoints.retrieve(id)).secret, undefined)
    },
  ],
  [
    'an endpoint needs a url with a scheme',
    'api/webhook_endpoints/create',
    async ({ stripe }) => {
      assert.equal(
        (await refusalOf(stripe.webhookEndpoints.create({ url: 'shop.example/hook', enabled_events: ['*'] }))).code,
        'url_invalid',
      )
    },
  ],
  [
    'events arrive signed, in order, and are counted as delivered',
    'webhooks',
    async ({ sandbox, stripe }) => {
      await receiving(async (url, received) => {
        const { secret = '' } = await stripe.webhookEndpoints.create({ url, enabled_events: ['*'] })
        await press(await open(stripe))
        await sandbox.server.webhooks.idle()
        const tolerance = Number.MAX_SAFE_INTEGER
        const events = received.map(({ body, signature }) =>
          stripe.webhooks.constructEvent(body, signature, secret, tolerance),
        )
        assert.deepEqual(
          events.map(({ type }) => type),
          await eventTypes(stripe),
        )
        assert.equal((await stripe.events.retrieve(events[0]?.id ?? '')).pending_webhooks, 0)
      })
    },
  ],
  [
    'an endpoint gets only what it asked for, and nothing while disabled',
    'api/webhook_endpoints/update',
    async ({ sandbox, stripe }) => {
      await receiving(async (url, received) => {
        const { id } = await stripe.webhookEndpoints.create({ url, enabled_events: ['customer.deleted'] })
        const first = await stripe.customers.create()
        const second = await stripe.customers.create()
        await stripe.customers.del(first.id)
        assert.equal((await stripe.webhookEndpoints.update(id, { disabled: true })).status, 'disabled')
        await sandbox.server.webhooks.idle()
        await stripe.customers.del(second.id)
        await sandbox.server.webhooks.idle()
        assert.deepEqual(
          received.map(({ body }) => JSON.parse(body).data.object.id),
          [first.id],
        )
      })
    },
  ],
  [
    'what was not taken is sent again',
    'webhooks#automatic-retries',
    async ({ sandbox, stripe }) => {
      await receiving(async (url, received) => {
        await stripe.webhookEndpoints.create({ url: `${url}fail-once`, enabled_events: ['customer.created'] })
        const { id } = await stripe.customers.create()
        await sandbox.server.webhooks.idle()
        assert.equal(received.length, 1)
        await sandbox.pass(60)
        assert.deepEqual(
          received.map(({ body }) => JSON.parse(body).data.object.id),
          [id, id],
        )
        assert.notEqual(received[0]?.signature, received[1]?.signature)
      })
    },
  ],
  [
    'an event can be sent again by hand',
    'cli/events/resend',
    async ({ sandbox, stripe }) => {
      await receiving(async (url, received) => {
        await stripe.customers.create()
        const [event] = (await stripe.events.list()).data
        const endpoint = await stripe.webhookEndpoints.create({ url, enabled_events: ['charge.failed'] })
        await stripe.rawRequest('POST', `/v1/events/${event?.id}/retry`, { webhook_endpoint: endpoint.id })
        await sandbox.server.webhooks.idle()
        assert.deepEqual(
          received.map(({ body }) => JSON.parse(body).id),
          [event?.id],
        )
      })
    },
  ],
  [
    'the balance is what was charged less fees and refunds',
    'api/balance/balance_object',
    async ({ stripe }) => {
      const { id } = await stripe.paymentIntents.create({
        amount: 2000,
        currency: 'usd',
        payment_method: 'pm_card_visa',
        confirm: true,
      })
      await stripe.refunds.create({ payment_intent: id, amount: 500 })
      const { available, pending } = await stripe.balance.retrieve()
      const total = [...available, ...pending]
        .filter(({ currency }) => currency === 'usd')
        .reduce((sum, { amount }) => sum + amount, 0)
      assert.equal(total, 2000 - 88 - 500)
    },
  ],
]

interface Received {
  body: string
  signature: string
}

/** A shop that takes webhooks while `run` runs; below `/fail-once` it refuses the first. */
async function receiving(run: (url: string, received: Received[]) => Promise<void>): Promise<void> {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    received.push({ body: Buffer.concat(chunks).toString(), signature: String(request.headers['stripe-signature']) })
    response.writeHead(request.url === '/fail-once' && received.length === 1 ? 500 : 200).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, received)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

runBehaviours(behaviours)
