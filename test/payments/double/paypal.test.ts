import assert from 'node:assert/strict'
import { createVerify, X509Certificate } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { crc32 } from 'node:zlib'
import { startDouble } from '../../../src/payments/double/start.ts'
import type { Double, PayPalDouble, PayPalTransmission } from '../../../src/payments/double/types.ts'

async function start(t: TestContext): Promise<Double> {
  const double = await startDouble()
  t.after(() => double.close())
  return double
}

const fieldsOf = (transmission: PayPalTransmission) =>
  Object.fromEntries(
    Object.entries(transmission).map(([name, value]) => [name.replace('paypal-', '').replaceAll('-', '_'), value]),
  )

/** Asks as a backend does that puts the event in as it received it. */
async function postback(paypal: PayPalDouble, transmission: PayPalTransmission, event: string, webhookId?: string) {
  const fields = JSON.stringify({ ...fieldsOf(transmission), webhook_id: webhookId ?? paypal.webhookId })
  const answer = await fetch(`${paypal.url}/v1/notifications/verify-webhook-signature`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `${fields.slice(0, -1)}, "webhook_event": ${event} }`,
  })
  return ((await answer.json()) as { verification_status?: string }).verification_status
}

const bodies = [
  '{"id":"WH-1","event_type":"PAYMENT.CAPTURE.COMPLETED"}',
  '{ "b" : 1.0,\n  "a" : "\\u00e9 } ] \\" , é 😀" , "list": [ {"x":{}} , [] ], "webhook_event": null }',
  '\n{"id":"WH-3"}\n',
  '{}',
]

test('verification answers SUCCESS for what was sent, byte for byte, and FAILURE for anything else', async (t) => {
  const { paypal } = await start(t)
  for (const body of bodies) {
    const transmission = paypal.sign(body)
    assert.equal(await postback(paypal, transmission, body.trim()), 'SUCCESS', body)
    assert.equal(await postback(paypal, transmission, body.trim().replace(/\}$/, ' }')), 'FAILURE')
    assert.equal(await postback(paypal, transmission, body.trim(), 'WH-OTHER'), 'FAILURE')
    assert.equal(await postback(paypal, { ...transmission, 'paypal-transmission-sig': 'AAAA' }, body), 'FAILURE')
    const other = paypal.sign(body, { foreignKey: true })
    assert.equal(await postback(paypal, other, body.trim()), 'FAILURE')
    assert.equal(await postback(paypal, paypal.sign(body, { remember: false }), body.trim()), 'FAILURE')
  }
})

test('an event that was written anew is not the event that was sent', async (t) => {
  const { paypal } = await start(t)
  const body = '{"amount": {"value": "49.99"}}'
  const transmission = paypal.sign(body)

  assert.equal(await postback(paypal, transmission, JSON.stringify(JSON.parse(body))), 'FAILURE')
})

test('the answer of verification can be decided, and a postback without its fields is refused', async (t) => {
  const { paypal } = await start(t)
  const transmission = paypal.sign('{}')

  paypal.answerVerification('FAILURE')
  assert.equal(await postback(paypal, transmission, '{}'), 'FAILURE')
  paypal.answerVerification(null)
  assert.equal(await postback(paypal, transmission, '{}'), 'SUCCESS')
  assert.equal(await postback(paypal, { ...transmission, 'paypal-cert-url': '' }, '{}'), undefined)
})

test('a transmission can be verified offline by the certificate it names, whatever the size of the checksum', async (t) => {
  const { paypal } = await start(t)
  const pem = await (await fetch(paypal.certUrl)).text()
  const certificate = new X509Certificate(pem)
  const checksums = bodies.map((body) => crc32(body))

  assert.ok(checksums.some((sum) => sum >= 2 ** 31) && checksums.some((sum) => sum < 2 ** 31))
  assert.match(paypal.certUrl, new RegExp(`^${paypal.url}/v1/notifications/certs/`))
  assert.ok(certificate.verify(certificate.publicKey))
  assert.ok(Date.parse(certificate.validTo) > Date.now())
  for (const [at, body] of bodies.entries()) {
    const sent = paypal.sign(body)
    const {
      'paypal-transmission-id': id,
      'paypal-transmission-time': time,
      'paypal-transmission-sig': signature,
    } = sent
    const signed = `${id}|${time}|${paypal.webhookId}|${checksums[at]}`
    const isValid = (key: string) => createVerify('sha256').update(signed).verify(key, signature, 'base64')
    assert.ok(isValid(pem))
  }
})

test('the foreign listener has another certificate and notes who came for it', async (t) => {
  const { foreign, paypal } = await start(t)
  const body = bodies[0]!
  const forged = paypal.sign(body, { foreignKey: true, certUrl: foreign.certUrl })
  const signed = `${forged['paypal-transmission-id']}|${forged['paypal-transmission-time']}|${paypal.webhookId}|${crc32(body)}`

  assert.deepEqual(foreign.hits(), [])
  const pem = await (await fetch(forged['paypal-cert-url'])).text()

  assert.ok(createVerify('sha256').update(signed).verify(pem, forged['paypal-transmission-sig'], 'base64'))
  assert.equal(foreign.hits().length, 1)
  assert.notEqual(pem, await (await fetch(paypal.certUrl)).text())
})

async function call(paypal: PayPalDouble, method: string, path: string, body?: object, requestId?: string) {
  const answer = await fetch(paypal.url + path, {
    method,
    headers: {
      'content-type': 'application/json',
      prefer: 'return=representation',
      ...(requestId !== undefined && { 'paypal-request-id': requestId }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

const order = {
  intent: 'CAPTURE',
  purchase_units: [{ amount: { value: '49.99', currency_code: 'USD' }, custom_id: '{"user":"abc"}' }],
}

test('an order can be made, captured once and refunded in parts, never more than was paid', async (t) => {
  const { paypal } = await start(t)
  const made = await call(paypal, 'POST', '/v2/checkout/orders', order)
  const captured = await call(paypal, 'POST', `/v2/checkout/orders/${made.body.id}/capture`, {})
  const [capture] = paypal.list('capture')
  const path = `/v2/payments/captures/${capture?.id}`
  const refund = (value: string) => call(paypal, 'POST', `${path}/refund`, { amount: { value, currency_code: 'USD' } })

  assert.deepEqual([made.status, captured.status, capture?.custom_id], [201, 201, '{"user":"abc"}'])
  assert.equal((await call(paypal, 'POST', `/v2/checkout/orders/${made.body.id}/capture`, {})).status, 422)
  const first = await refund('20.00')
  assert.equal(first.status, 201)
  assert.equal((await call(paypal, 'GET', path)).body.status, 'PARTIALLY_REFUNDED')
  assert.equal((await refund('30.00')).status, 422)
  assert.equal((await call(paypal, 'POST', `${path}/refund`)).status, 201)
  assert.equal((await call(paypal, 'GET', path)).body.status, 'REFUNDED')
  assert.equal((await refund('0.01')).status, 422)
  const up = (first.body.links as { rel: string; href: string }[]).find(({ rel }) => rel === 'up')
  assert.equal(up?.href, paypal.url + path)
})

test('a request id gives the same answer again, until it is forgotten', async (t) => {
  const { paypal } = await start(t)
  const make = () => call(paypal, 'POST', '/v2/checkout/orders', order, 'r1')

  const [first, second] = [await make(), await make()]
  paypal.forget()
  const third = await make()

  assert.equal(second.body.id, first.body.id)
  assert.notEqual(third.body.id, first.body.id)
  assert.equal(paypal.list('order').length, 2)
})

test('what was put is answered, and what does not exist is not', async (t) => {
  const { paypal } = await start(t)
  paypal.put('capture', { id: '9AB', status: 'COMPLETED', amount: { value: '500', currency_code: 'JPY' } })

  assert.equal((await call(paypal, 'GET', '/v2/payments/captures/9AB')).body.status, 'COMPLETED')
  assert.equal((await call(paypal, 'GET', '/v2/payments/captures/9AC')).status, 404)
  const refund = await call(paypal, 'POST', '/v2/payments/captures/9AB/refund')
  assert.deepEqual(refund.body.amount, { value: '500', currency_code: 'JPY' })
})

test('tokens are given to everyone, and faults happen to PayPal’s calls too', async (t) => {
  const { paypal } = await start(t)
  const grant = () =>
    fetch(`${paypal.url}/v1/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams('grant_type=client_credentials'),
    })

  assert.equal(((await (await grant()).json()) as { token_type: string }).token_type, 'Bearer')
  paypal.arm({ on: 'POST /v1/oauth2/token', then: '503' })
  assert.equal((await grant()).status, 503)
  assert.equal((await grant()).status, 200)
})
