import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ServerClient } from 'postmark'
import { addWebhook, startReceiver, startSandbox } from '../support.ts'

const mail = {
  From: 'Shop <shop@example.test>',
  To: 'ada@example.test',
  Subject: 'Receipt',
  TextBody: 'Thanks',
  HtmlBody: '<p>Thanks</p>',
}

async function start(t: Parameters<typeof startSandbox>[0], token = 'token-1') {
  const sandbox = await startSandbox(t)
  const client = new ServerClient(token, { useHttps: false, requestHost: new URL(sandbox.url).host })
  return { sandbox, client }
}

test('an email sent with the SDK is stored and answered as Postmark does', async (t) => {
  const { sandbox, client } = await start(t)

  const answer = await client.sendEmail({
    ...mail,
    Cc: 'c@example.test',
    Tag: 'receipt',
    Metadata: { order: '42' },
    Headers: [{ Name: 'X-Entity', Value: '1' }],
    Attachments: [{ Name: 'a.png', Content: 'AAAA', ContentType: 'image/png', ContentID: 'cid:a' }],
  })

  const [message] = sandbox.messages.list()
  assert.deepEqual(
    [answer.ErrorCode, answer.Message, answer.To, answer.MessageID],
    [0, 'OK', 'ada@example.test', message?.id],
  )
  assert.deepEqual(
    [message?.cc, message?.tags, message?.headers],
    [['c@example.test'], { tag: 'receipt', order: '42' }, { 'x-entity': '1' }],
  )
  assert.equal(message?.attachments[0]?.bytes, 3)
})

test('in a batch one bad message does not stop the others', async (t) => {
  const { sandbox, client } = await start(t)

  const answers = await client.sendEmailBatch([mail, { ...mail, To: 'nobody' }, mail])

  assert.deepEqual(
    answers.map(({ ErrorCode }) => ErrorCode),
    [0, 300, 0],
  )
  assert.equal(sandbox.messages.list().length, 2)
})

test('the test token judges and sends nothing', async (t) => {
  const { sandbox, client } = await start(t, 'POSTMARK_API_TEST')

  const answer = await client.sendEmail(mail)

  assert.deepEqual([answer.ErrorCode, answer.Message, sandbox.messages.list().length], [0, 'Test job accepted', 0])
  await assert.rejects(client.sendEmail({ ...mail, To: 'nobody' }), { code: 300, statusCode: 422 })
})

test("errors become the SDK's own", async (t) => {
  const { sandbox, client } = await start(t)

  await assert.rejects(client.sendEmail({ ...mail, To: '' }), { name: 'InvalidEmailRequestError', code: 300 })
  await assert.rejects(client.sendEmail({ From: mail.From, To: mail.To, Subject: 'x' }), { code: 300 })
  const answer = await fetch(`${sandbox.url}/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  assert.deepEqual([answer.status, ((await answer.json()) as { ErrorCode: number }).ErrorCode], [401, 10])
})

test('a hard bounce is told, suppresses the address whatever its case, and is forgotten on reset', async (t) => {
  const { sandbox, client } = await start(t)
  const app = await startReceiver(t)
  await addWebhook(sandbox.url, { provider: 'postmark', url: app.url.replace('//', '//user:pass@') })
  const To = 'Hard_Bounce@bounce-testing.postmarkapp.com'
  await client.sendEmail({ ...mail, To, Metadata: { order: '42' } })
  await sandbox.advance(1000)

  const [{ headers, body }] = app.received as [(typeof app.received)[0]]
  const event = JSON.parse(body)
  assert.deepEqual(
    [event.RecordType, event.Type, event.TypeCode, event.Inactive, event.Metadata],
    ['Bounce', 'HardBounce', 1, true, { order: '42' }],
  )
  assert.equal(headers.authorization, `Basic ${Buffer.from('user:pass').toString('base64')}`)
  await assert.rejects(client.sendEmail({ ...mail, To: To.toLowerCase() }), {
    name: 'InactiveRecipientsError',
    code: 406,
  })

  await fetch(`${sandbox.url}/_gatekit/notify/reset`, { method: 'POST' })
  assert.equal((await client.sendEmail({ ...mail, To })).ErrorCode, 0)
})

test('a soft bounce does not suppress, a delivery is told as such', async (t) => {
  const { sandbox, client } = await start(t)
  const app = await startReceiver(t)
  await addWebhook(sandbox.url, { provider: 'postmark', url: app.url })
  await client.sendEmail({ ...mail, To: 'softbounce@bounce-testing.postmarkapp.com' })
  await client.sendEmail({ ...mail, To: 'softbounce@bounce-testing.postmarkapp.com' })
  await client.sendEmail(mail)
  await sandbox.advance(1000)

  const told = app.received.map(({ body }) => JSON.parse(body)).map(({ RecordType, Type }) => Type ?? RecordType)
  assert.deepEqual(told.sort(), ['Delivery', 'SoftBounce', 'SoftBounce'])
})
