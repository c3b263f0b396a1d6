import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asGatewayEvent, ofGatewayAnswer } from '../../../src/payments/deliver/gateway-event.ts'

const request = {
  method: 'POST',
  path: '/webhooks/stripe?x=1',
  headers: { 'stripe-signature': 't=1' },
  body: Buffer.from('{"name":"Zoë"}'),
}

const eventOf = (base64: boolean, body = request.body) =>
  JSON.parse(asGatewayEvent({ ...request, body }, { invoke: '/invoke', base64 }).body.toString())

test('a body comes as text or in base64, and says which', () => {
  const [text, base64] = [eventOf(false), eventOf(true)]
  assert.deepEqual([text.body, text.isBase64Encoded, text.path], ['{"name":"Zoë"}', false, '/webhooks/stripe'])
  assert.equal(Buffer.from(base64.body, 'base64').toString(), '{"name":"Zoë"}')
  assert.equal(base64.isBase64Encoded, true)
})

test('bytes that are no text always come in base64', () => {
  const event = eventOf(false, Buffer.from([0xff, 0x00, 0x7b]))
  assert.deepEqual([event.isBase64Encoded, event.body], [true, '/wB7'])
})

const attempt = (body: unknown) => ({
  outcome: 'ok' as const,
  status: 200,
  headers: {},
  body: JSON.stringify(body),
  tookMs: 1,
})

test('what the function answers is what the webhook answered; what is no answer is a 502', () => {
  const refused = ofGatewayAnswer(attempt({ statusCode: 401, headers: { 'X-A': 1 }, body: 'no' }))
  assert.deepEqual(
    [refused.status, refused.outcome, refused.body, refused.headers],
    [401, 'fail', 'no', { 'x-a': '1' }],
  )
  const broken = ofGatewayAnswer(attempt({ errorMessage: 'boom' }))
  assert.deepEqual([broken.status, broken.outcome], [502, 'info'])
})
