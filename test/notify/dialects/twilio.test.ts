import assert from 'node:assert/strict'
import { test } from 'node:test'
import twilio from 'twilio'
import { startReceiver, startSandbox } from '../support.ts'

const account = `AC${'a'.repeat(32)}`
const sms = { from: '+15005550006', to: '+15005550010', body: 'Your code is 123456' }

/** The SDK's own HTTP client, sent to the sandbox instead of api.twilio.com. */
function localClient(url: string): twilio.RequestClient {
  const client = new twilio.RequestClient()
  const request = client.request.bind(client)
  client.request = (options) => {
    options.uri = options.uri.replace('https://api.twilio.com', url)
    return request(options)
  }
  return client
}

async function start(t: Parameters<typeof startSandbox>[0], token = 'token') {
  const sandbox = await startSandbox(t)
  return { sandbox, client: twilio(account, token, { httpClient: localClient(sandbox.url) }) }
}

test('a message created with the SDK is queued, then sent, then delivered', async (t) => {
  const { sandbox, client } = await start(t)

  const created = await client.messages.create(sms)

  assert.match(created.sid, /^SM[0-9a-f]{32}$/)
  assert.deepEqual(
    [created.status, created.numSegments, created.dateSent, created.direction],
    ['queued', '1', null, 'outbound-api'],
  )
  await sandbox.advance(50)
  assert.equal((await client.messages(created.sid).fetch()).status, 'sent')
  await sandbox.advance(50)
  const fetched = await client.messages(created.sid).fetch()
  assert.equal(fetched.status, 'delivered')
  assert.equal(fetched.dateCreated.toISOString(), '2026-01-01T00:00:00.000Z')
  assert.deepEqual(
    (await client.messages.list()).map(({ sid }) => sid),
    [created.sid],
  )
})

test('the numbers of the test credentials give their errors', async (t) => {
  const { sandbox, client } = await start(t)
  const codeOf = (change: object) =>
    client.messages.create({ ...sms, ...change }).then(
      () => 0,
      (error: { code: number; status: number }) => [error.code, error.status],
    )

  const froms = { '+15005550001': 21212, '+15005550007': 21606, '+15005550008': 21611 }
  const tos = {
    '+15005550001': 21211,
    '+15005550002': 21612,
    '+15005550003': 21408,
    '+15005550004': 21610,
    '+15005550009': 21614,
  }
  for (const [from, code] of Object.entries(froms)) assert.deepEqual(await codeOf({ from }), [code, 400])
  for (const [to, code] of Object.entries(tos)) assert.deepEqual(await codeOf({ to }), [code, 400])
  assert.deepEqual(await codeOf({ to: 'nobody' }), [21211, 400])
  assert.deepEqual(await codeOf({ body: '' }), [21602, 400])
  assert.deepEqual(await codeOf({ body: 'x'.repeat(1601) }), [21617, 400])
  assert.equal(sandbox.messages.list().length, 0)
})

test('a wrong account is 20003, an unknown message 20404, another token sees nothing', async (t) => {
  const { sandbox, client } = await start(t)
  const { sid } = await client.messages.create(sms)
  const other = twilio(account, 'other', { httpClient: localClient(sandbox.url) })

  await assert.rejects(client.messages('SMnothing').fetch(), { code: 20404, status: 404 })
  await assert.rejects(other.messages(sid).fetch(), { code: 20404 })
  const answer = await fetch(`${sandbox.url}/2010-04-01/Accounts/${account}/Messages.json`, { method: 'POST' })
  assert.deepEqual([answer.status, ((await answer.json()) as { code: number }).code], [401, 20003])
})

test("status callbacks come in order and pass the SDK's own check, changed ones do not", async (t) => {
  const { sandbox, client } = await start(t)
  const app = await startReceiver(t)
  const { sid } = await client.messages.create({ ...sms, statusCallback: `${app.url}?order=42` })
  await sandbox.advance(1000)

  const forms = app.received.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))
  assert.deepEqual(
    forms.map(({ MessageStatus }) => MessageStatus),
    ['queued', 'sent', 'delivered'],
  )
  for (const [index, form] of forms.entries()) {
    const signature = app.received[index]!.headers['x-twilio-signature']!
    assert.equal(form.MessageSid, sid)
    assert.equal(twilio.validateRequest('token', signature, `${app.url}?order=42`, form), true)
    assert.equal(
      twilio.validateRequest('token', signature, `${app.url}?order=42`, { ...form, MessageStatus: 'failed' }),
      false,
    )
  }
})

test('a callback elsewhere is noted and never contacted', async (t) => {
  const { sandbox, client } = await start(t)
  await client.messages.create({ ...sms, statusCallback: 'https://app.example.com/status' })
  await sandbox.advance(1000)

  const { deliveries } = (await (await fetch(`${sandbox.url}/_gatekit/notify/deliveries`)).json()) as {
    deliveries: { error: string }[]
  }
  assert.deepEqual(
    deliveries.map(({ error }) => error),
    Array(3).fill('not on this machine'),
  )
})
