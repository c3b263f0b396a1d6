import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { type TestContext, test } from 'node:test'
import { openPaypalApi } from '../../src/backend/provider/paypal-api.ts'
import { openPaypal } from '../../src/backend/webhooks/paypal-verify.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { createPayPalServer } from '../../src/paypal/server.ts'
import { startBackend } from '../backend/support.ts'

const client = { id: 'AZclient', secret: 'ELsecret' }

async function startPayPal(t: TestContext) {
  const paypal = await createPayPalServer({
    port: 0,
    clock: systemClock,
    clientId: client.id,
    clientSecret: client.secret,
  })
  t.after(() => paypal.close())
  const basic = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`
  const login = await fetch(`${paypal.url}/v1/oauth2/token`, {
    method: 'POST',
    headers: { authorization: basic, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  })
  const { access_token: token } = (await login.json()) as { access_token: string }
  const call = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
    const answer = await fetch(paypal.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    })
    return {
      status: answer.status,
      body: JSON.parse((await answer.text()) || '{}') as { id?: string; verification_status?: string },
    }
  }
  return { paypal, call }
}

const unit = { amount: { value: '49.99', currency_code: 'USD' }, custom_id: '{"user":"u1","pack":"black"}' }
const order = { intent: 'CAPTURE', purchase_units: [unit] }

/** Keeps what is sent to it. */
async function startHook(t: TestContext) {
  const seen: { headers: Record<string, unknown>; body: string }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => {
      seen.push({ headers: request.headers, body })
      response.end('{}')
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => server.close())
  return { seen, url: `http://127.0.0.1:${(server.address() as { port: number }).port}/hook` }
}

test('nothing is answered without a token, and no token without the client’s secret', async (t) => {
  const { paypal } = await startPayPal(t)
  const without = await fetch(`${paypal.url}/v2/checkout/orders`, { method: 'POST', body: JSON.stringify(order) })
  const wrong = await fetch(`${paypal.url}/v1/oauth2/token`, {
    method: 'POST',
    headers: { authorization: 'Basic eDp5' },
  })
  assert.deepEqual([without.status, wrong.status], [401, 401])
})

test('an order is captured once its buyer has approved it, and the same request id gives the same capture', async (t) => {
  const { paypal, call } = await startPayPal(t)
  const made = await call('POST', '/v2/checkout/orders', order)
  const { id = '' } = made.body
  const capture = () => call('POST', `/v2/checkout/orders/${id}/capture`, {}, { 'paypal-request-id': 'k1' })
  const early = await call('POST', `/v2/checkout/orders/${id}/capture`)
  assert.equal(early.status, 422)

  const page = await fetch(`${paypal.url}/checkoutnow?token=${id}`)
  assert.match(await page.text(), /49\.99 USD/)
  await fetch(`${paypal.url}/checkoutnow?token=${id}`, { method: 'POST' })
  const [first, second] = [await capture(), await capture()]
  assert.equal(first.status, 201)
  assert.deepEqual(first.body, second.body)
})

test('webhooks go to whoever asked for their type, signed so that the postback knows them byte for byte', async (t) => {
  const { paypal, call } = await startPayPal(t)
  const { seen, url } = await startHook(t)
  const wish = { url, event_types: [{ name: 'PAYMENT.CAPTURE.COMPLETED' }] }
  const { body: hook } = await call('POST', '/v1/notifications/webhooks', wish)
  const { body } = await call('POST', '/v2/checkout/orders', order)
  const { id = '' } = body
  await fetch(`${paypal.url}/checkoutnow?token=${id}`, { method: 'POST' })
  await call('POST', `/v2/checkout/orders/${id}/capture`, {})
  await paypal.idle()

  assert.equal(seen.length, 1)
  const [sent] = seen
  assert.ok(sent)
  const fields = Object.fromEntries(
    Object.entries({
      auth_algo: 'auth-algo',
      cert_url: 'cert-url',
      transmission_id: 'transmission-id',
      transmission_sig: 'transmission-sig',
      transmission_time: 'transmission-time',
    }).map(([field, header]) => [field, sent.headers[`paypal-${header}`]]),
  )
  const verify = async (text: string) => {
    const head = JSON.stringify({ ...fields, webhook_id: hook.id }).slice(0, -1)
    const answer = await call(
      'POST',
      '/v1/notifications/verify-webhook-signature',
      JSON.parse(`${head},"webhook_event":${text}}`),
    )
    return answer.body.verification_status
  }
  assert.equal(await verify(sent.body), 'SUCCESS')
  assert.equal(await verify(sent.body.replace('49.99', '0.01')), 'FAILURE')
  const certificate = await fetch(String(sent.headers['paypal-cert-url']))
  assert.match(await certificate.text(), /BEGIN CERTIFICATE/)
})

test('a webhook beyond this machine is refused', async (t) => {
  const { call } = await startPayPal(t)
  const { status } = await call('POST', '/v1/notifications/webhooks', {
    url: 'https://shop.example/hook',
    event_types: [{ name: '*' }],
  })
  assert.equal(status, 400)
})

test('the backend sells, delivers and refunds over PayPal, each once', async (t) => {
  const { paypal, call } = await startPayPal(t)
  const settings = { apiBase: paypal.url, client }
  const bench = await startBackend(t, { paypalApi: openPaypalApi(settings) })
  const address = await bench.app.listen({ host: '127.0.0.1', port: 0 })
  bench.backend.publicUrl = address
  const wish = { url: `${address}/webhooks/paypal`, event_types: [{ name: '*' }] }
  const { body: hook } = await call('POST', '/v1/notifications/webhooks', wish)
  bench.backend.paypal = openPaypal({ ...settings, webhookId: hook.id ?? '', mode: 'postback' })

  const buy = {
    method: 'POST',
    url: '/checkout/paypal',
    payload: { user: 'u1', email: 'u1@example.test', pack: 'black' },
  } as const
  const { url } = (await bench.app.inject(buy)).json()
  const approved = await fetch(url, { method: 'POST', redirect: 'manual' })
  const back = await fetch(String(approved.headers.get('location')), { redirect: 'manual' })
  assert.equal(back.status, 303)
  await paypal.idle()
  const cards = async () =>
    (await bench.app.inject('/users/u1/cards')).json().cards as { payment_id: string; state: string }[]
  assert.deepEqual(
    (await cards()).map(({ state }) => state),
    Array(5).fill('active'),
  )

  const payment = (await cards())[0]?.payment_id
  const refund = () =>
    bench.app.inject({
      method: 'POST',
      url: `/payments/${payment}/refunds`,
      headers: { authorization: `Bearer ${bench.backend.adminToken}`, 'idempotency-key': 'r1' },
      payload: {},
    })
  const [first, second] = [(await refund()).json(), (await refund()).json()]
  await paypal.idle()
  assert.equal(first.refund_id, second.refund_id)
  assert.equal(first.refund_amount, 4999)
  assert.deepEqual(
    (await cards()).map(({ state }) => state),
    Array(5).fill('revoked'),
  )
  const records = (await bench.app.inject(`/audit?target=${payment}`)).json().items as { event: string }[]
  assert.deepEqual(
    records.filter(({ event }) => event.startsWith('gateway_')).map(({ event }) => event),
    ['gateway_capture', 'gateway_refund'],
  )
})
