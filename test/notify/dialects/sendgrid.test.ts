import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import client from '@sendgrid/client'
import { EventWebhook } from '@sendgrid/eventwebhook'
import service from '@sendgrid/mail'
import { addWebhook, startReceiver, startSandbox } from '../support.ts'

const mail = {
  from: 'shop@example.test',
  to: 'ada@example.test',
  subject: 'Receipt',
  text: 'Thanks',
  html: '<p>Thanks</p>',
}

async function start(t: Parameters<typeof startSandbox>[0]) {
  const sandbox = await startSandbox(t)
  service.setClient(client)
  service.setApiKey('SG.test.key')
  // After the key: setting a key sets the address back to SendGrid's own.
  client.setDefaultRequest('baseUrl', sandbox.url)
  return { sandbox, client, service }
}

test('a mail sent with the SDK is accepted with 202 and stored', async (t) => {
  const { sandbox, service } = await start(t)

  const [answer] = await service.send({
    ...mail,
    from: { email: 'shop@example.test', name: 'Shop' },
    categories: ['receipt'],
    customArgs: { order: '42' },
    attachments: [{ content: Buffer.from('hello').toString('base64'), filename: 'a.txt', type: 'text/plain' }],
  })

  assert.equal(answer.statusCode, 202)
  assert.match(answer.headers['x-message-id'], /^[0-9a-f]{22}$/)
  const [message] = sandbox.messages.list()
  assert.deepEqual(
    [message?.from, message?.text, message?.html],
    ['Shop <shop@example.test>', 'Thanks', '<p>Thanks</p>'],
  )
  assert.deepEqual(message?.tags, { receipt: 'receipt', order: '42' })
  assert.equal(message?.attachments[0]?.bytes, 5)
})

test('each personalization is a message of its own', async (t) => {
  const { sandbox, service } = await start(t)

  await service.send({ ...mail, to: ['a@example.test', 'b@example.test'], isMultiple: true })
  await service.send({
    ...mail,
    to: undefined,
    personalizations: [{ to: 'c@example.test', subject: 'Own' }, { to: 'd@example.test' }],
  } as never)

  assert.deepEqual(
    sandbox.messages.list().map(({ to, subject }) => [to, subject]),
    [
      [['a@example.test'], 'Receipt'],
      [['b@example.test'], 'Receipt'],
      [['c@example.test'], 'Own'],
      [['d@example.test'], 'Receipt'],
    ],
  )
})

test('sandbox mode judges and sends nothing', async (t) => {
  const { sandbox, service } = await start(t)

  const [answer] = await service.send({ ...mail, mailSettings: { sandboxMode: { enable: true } } })

  assert.deepEqual([answer.statusCode, sandbox.messages.list().length], [200, 0])
})

test('errors have the shape that the SDK understands', async (t) => {
  const { sandbox, client, service } = await start(t)
  const failing = async (change: object) => {
    const error = await service.send({ ...mail, ...change }).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    const { code, response } = error as {
      code: number
      response: { body: { errors: { field: string; message: string; help: null }[] } }
    }
    return [code, response.body.errors[0]?.field]
  }

  assert.deepEqual(await failing({ to: 'nobody' }), [400, 'personalizations.0.to'])
  assert.deepEqual(await failing({ subject: '' }), [400, 'subject'])
  service.setApiKey('SG.')
  client.setDefaultRequest('baseUrl', sandbox.url)
  assert.deepEqual(await failing({}), [401, null])
})

test('events are signed so that the SDK accepts them with the public key from the settings, and only unchanged', async (t) => {
  const { sandbox, client, service } = await start(t)
  const app = await startReceiver(t)
  await addWebhook(sandbox.url, { provider: 'sendgrid', url: app.url })
  await service.send({ ...mail, customArgs: { order: '42' } })
  await sandbox.advance(1000)

  const [, settings] = await client.request({ method: 'GET', url: '/v3/user/webhooks/event/settings/signed' })
  const webhook = new EventWebhook()
  const key = webhook.convertPublicKeyToECDSA((settings as { public_key: string }).public_key)
  assert.deepEqual(
    app.received.map(({ body }) => JSON.parse(body)[0].event),
    ['processed', 'delivered'],
  )
  assert.equal(JSON.parse(app.received[0]!.body)[0].order, '42')
  for (const { headers, body } of app.received) {
    const [signature, timestamp] = [
      'x-twilio-email-event-webhook-signature',
      'x-twilio-email-event-webhook-timestamp',
    ].map((name) => headers[name]!)
    assert.equal(webhook.verifySignature(key, body, signature!, timestamp!), true)
    assert.equal(webhook.verifySignature(key, body.replace('ada', 'eve'), signature!, timestamp!), false)
  }
})

test("a private key given as secret makes the public key one's own", async (t) => {
  const { sandbox, service } = await start(t)
  const app = await startReceiver(t)
  const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const secret = pair.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64')
  await addWebhook(sandbox.url, { provider: 'sendgrid', url: app.url, secret })
  await service.send(mail)
  await sandbox.advance(1000)

  const webhook = new EventWebhook()
  const key = webhook.convertPublicKeyToECDSA(pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'))
  const { headers, body } = app.received[0]!
  const [signature, timestamp] = [
    'x-twilio-email-event-webhook-signature',
    'x-twilio-email-event-webhook-timestamp',
  ].map((name) => headers[name]!)
  assert.equal(webhook.verifySignature(key, body, signature!, timestamp!), true)
})
