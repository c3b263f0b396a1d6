import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Resend } from 'resend'
import { Webhook } from 'svix'
import { addWebhook, startReceiver, startSandbox } from '../support.ts'

const mail = {
  from: 'Shop <shop@example.test>',
  to: 'ada@example.test',
  subject: 'Receipt',
  text: 'Thanks',
  html: '<p>Thanks</p>',
}

async function start(t: Parameters<typeof startSandbox>[0]) {
  const sandbox = await startSandbox(t)
  return { sandbox, client: new Resend('re_test_1', { baseUrl: sandbox.url }) }
}

test('an email sent with the SDK is stored and can be read back', async (t) => {
  const { sandbox, client } = await start(t)

  const { data, error } = await client.emails.send({
    ...mail,
    cc: ['c@example.test'],
    replyTo: 'r@example.test',
    headers: { 'X-Entity': '1' },
    tags: [{ name: 'template', value: 'receipt' }],
    attachments: [{ filename: 'a.txt', content: Buffer.from('hello') }],
  })

  assert.equal(error, null)
  const [message] = sandbox.messages.list()
  assert.equal(message?.id, data?.id)
  assert.deepEqual(
    [message?.to, message?.cc, message?.headers['x-entity'], message?.tags],
    [['ada@example.test'], ['c@example.test'], '1', { template: 'receipt' }],
  )
  assert.deepEqual(
    message?.attachments.map(({ name, bytes }) => [name, bytes]),
    [['a.txt', 5]],
  )
  await sandbox.advance(200)
  const read = await client.emails.get(data!.id)
  assert.deepEqual(
    [read.data?.subject, read.data?.html, read.data?.last_event],
    ['Receipt', '<p>Thanks</p>', 'delivered'],
  )
})

test('one idempotency key is one email; with another payload it is refused; after a day it is free', async (t) => {
  const { sandbox, client } = await start(t)

  const first = await client.emails.send(mail, { idempotencyKey: 'receipt/1' })
  const again = await client.emails.send(mail, { idempotencyKey: 'receipt/1' })
  const other = await client.emails.send({ ...mail, subject: 'x' }, { idempotencyKey: 'receipt/1' })
  assert.equal(again.data?.id, first.data?.id)
  assert.deepEqual([other.error?.name, other.error?.statusCode], ['invalid_idempotent_request', 409])
  assert.equal(sandbox.messages.list().length, 1)

  await sandbox.advance(24 * 3_600_000)
  await client.emails.send(mail, { idempotencyKey: 'receipt/1' })
  assert.equal(sandbox.messages.list().length, 2)
})

test('a batch is several emails under one key', async (t) => {
  const { sandbox, client } = await start(t)

  const { data } = await client.batch.send([mail, { ...mail, to: 'bob@example.test' }], { idempotencyKey: 'b' })
  await client.batch.send([mail, { ...mail, to: 'bob@example.test' }], { idempotencyKey: 'b' })

  assert.deepEqual(
    data?.data.map(({ id }) => id),
    sandbox.messages.list().map(({ id }) => id),
  )
})

test('a batch with one bad email sends none', async (t) => {
  const { sandbox, client } = await start(t)

  const { error } = await client.batch.send([mail, { ...mail, to: 'nobody' }])

  assert.equal(error?.name, 'validation_error')
  assert.equal(sandbox.messages.list().length, 0)
})

test('errors have the names and statuses of Resend', async (t) => {
  const { sandbox, client } = await start(t)
  const bad = async (change: object) => (await client.emails.send({ ...mail, ...change })).error

  assert.equal((await bad({ to: undefined }))?.name, 'missing_required_field')
  assert.equal((await bad({ to: 'no address' }))?.name, 'validation_error')
  assert.equal((await bad({ subject: 'a\r\nBcc: x@evil.test' }))?.name, 'validation_error')
  assert.equal((await new Resend('wrong', { baseUrl: sandbox.url }).emails.send(mail)).error?.name, 'invalid_api_key')
  assert.equal((await fetch(`${sandbox.url}/emails`, { method: 'POST' })).status, 401)
  assert.equal((await client.emails.get('nothing')).error?.name, 'not_found')
})

test('another API key sees nothing of it', async (t) => {
  const { sandbox, client } = await start(t)
  const { data } = await client.emails.send(mail)

  const other = await new Resend('re_other_1', { baseUrl: sandbox.url }).emails.get(data!.id)

  assert.equal(other.error?.name, 'not_found')
})

test('events come in order, signed so that Svix accepts them, and a changed body does not pass', async (t) => {
  const { sandbox, client } = await start(t)
  const app = await startReceiver(t)
  const secret = `whsec_${Buffer.from('a secret of the test').toString('base64')}`
  const webhook = { provider: 'resend', url: app.url, secret }
  await addWebhook(sandbox.url, webhook)
  await client.emails.send({ ...mail, to: 'bounced+1@resend.dev' })
  await sandbox.advance(5000)

  const types = app.received.map(({ body }) => JSON.parse(body).type)
  assert.deepEqual(types, ['email.sent', 'email.bounced'])
  const [, bounced] = app.received
  // Svix's verify also compares with the real time, and the sandbox's clock stands in January: so the signatures are compared.
  const verifier = new Webhook(secret)
  const { headers, body } = bounced!
  const expected = verifier.sign(headers['svix-id']!, new Date(Number(headers['svix-timestamp']) * 1000), body)
  assert.equal(headers['svix-signature'], expected)
  assert.notEqual(
    headers['svix-signature'],
    verifier.sign(headers['svix-id']!, new Date(Number(headers['svix-timestamp']) * 1000), `${body} `),
  )
})

test('Svix accepts an event that was signed now', async (t) => {
  const sandbox = await startSandbox(t, { clock: { now: () => Date.now() } })
  const client = new Resend('re_test_1', { baseUrl: sandbox.url })
  const app = await startReceiver(t)
  const secret = `whsec_${Buffer.from('another secret').toString('base64')}`
  const webhook = { provider: 'resend', url: app.url, secret }
  await addWebhook(sandbox.url, webhook)
  await client.emails.send(mail)
  await sandbox.advance(1000)

  const { headers, body } = app.received[0]!
  const event = new Webhook(secret).verify(body, headers) as { type: string }
  assert.equal(event.type, 'email.sent')
})

test('an event the application refuses is sent again on the schedule', async (t) => {
  const { sandbox, client } = await start(t)
  const app = await startReceiver(t, [500])
  const webhook = { provider: 'resend', url: app.url, secret: 'whsec_AAAA' }
  await addWebhook(sandbox.url, webhook)
  await client.emails.send(mail)
  await sandbox.advance(1000)
  assert.equal(app.received.length, 2)
  await sandbox.advance(5000)

  const [failed, , repeated] = app.received
  assert.equal(repeated?.headers['svix-id'], failed?.headers['svix-id'])
})
