import assert from 'node:assert/strict'
import { request as rawRequest } from 'node:http'
import { test } from 'node:test'
import { startSandbox } from './support.ts'

const mail = {
  from: 'shop@example.test',
  to: 'ada@example.test',
  subject: 'Receipt',
  text: 'Your code is 123456. https://shop.test/verify?t=1',
}

async function start(t: Parameters<typeof startSandbox>[0]) {
  const sandbox = await startSandbox(t)
  const call = async (path: string, init?: RequestInit) => {
    const response = await fetch(sandbox.url + path, init)
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Record<string, never> & { messages: { id: string; to: string[] }[] },
    }
  }
  const send = (change: object = {}, headers: Record<string, string> = {}) =>
    call('/emails', {
      method: 'POST',
      headers: { authorization: 'Bearer re_test_1', 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ ...mail, ...change }),
    })
  const post = (path: string, body: unknown) =>
    call(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  return { sandbox, call, send, post }
}

test('a second copy within the settle time fails at once', async (t) => {
  const { call, send } = await start(t)
  const waiting = call('/_gatekit/notify/wait?to=ada')
  await send()
  await send()

  assert.deepEqual((await waiting).body.reason, 'expected 1, found 2')
})

test('what was found comes with its links and codes', async (t) => {
  const { call, send } = await start(t)
  await send()

  const { body } = await call('/_gatekit/notify/wait?to=ada&settle=0ms')

  assert.deepEqual([body.ok, body.reason], [true, 'expected 1, found 1'])
  const [found] = body.messages as unknown as [{ links: { href: string }[]; codes: string[] }]
  assert.deepEqual([found.links[0]?.href, found.codes], ['https://shop.test/verify?t=1', ['123456']])
})

test('namespaces keep parallel users apart, by header, by key and for reset', async (t) => {
  const { call, send } = await start(t)
  await send({}, { 'x-gatekit-namespace': 'worker-1' })
  await send({ to: 'bob@example.test' }, { 'x-gatekit-namespace': 'worker-2' })
  await send({ to: 'eve@example.test' })
  const tos = async (path: string, headers = {}) =>
    (await call(path, { headers })).body.messages.flatMap(({ to }) => to)

  assert.deepEqual(await tos('/_gatekit/notify/messages?namespace=worker-1'), ['ada@example.test'])
  assert.deepEqual(await tos('/_gatekit/notify/messages', { authorization: 'Bearer re_test_1' }), ['eve@example.test'])
  assert.equal((await tos('/_gatekit/notify/messages')).length, 3)
  await call('/_gatekit/notify/reset?namespace=worker-1', { method: 'POST' })
  assert.deepEqual(await tos('/_gatekit/notify/search?query=to:example'), ['eve@example.test', 'bob@example.test'])
})

test('a reset also forgets idempotency keys', async (t) => {
  const { sandbox, call, send } = await start(t)
  await send({}, { 'idempotency-key': 'k' })
  await call('/_gatekit/notify/reset', { method: 'POST' })

  await send({}, { 'idempotency-key': 'k' })

  assert.equal(sandbox.messages.list().length, 1)
})

test('the clock is turned over HTTP and states follow', async (t) => {
  const { sandbox, send, post } = await start(t)
  await send()

  const { body } = await post('/_gatekit/clock', { advance: '2h' })

  assert.equal(body.now, '2026-01-01T02:00:00.000Z')
  assert.deepEqual(
    sandbox.messages.list()[0]?.steps.map(({ status, at }) => [status, at - Date.UTC(2026, 0, 1)]),
    [
      ['accepted', 0],
      ['queued', 0],
      ['sent', 20],
      ['delivered', 100],
    ],
  )
})

test('bad input is one clear 400', async (t) => {
  const { call, post } = await start(t)

  for (const path of [
    'wait?within=soon',
    'wait?count=x',
    'wait?count=-1',
    'search?query=too:ada',
    'search?query=a&query=b',
    'messages?namespace=../x',
  ])
    assert.equal((await call(`/_gatekit/notify/${path}`)).status, 400, path)
  for (const body of [{}, { advance: '-1s' }, { advance: '9999d' }, null])
    assert.equal((await post('/_gatekit/clock', body)).status, 400)
  for (const body of [
    {},
    { provider: 'none', url: 'http://127.0.0.1:1' },
    { provider: 'resend', url: 'https://example.com' },
    { provider: 'resend', url: 'http://127.0.0.1.example.com' },
  ])
    assert.equal((await post('/_gatekit/notify/webhooks', body)).status, 400)
  assert.equal((await call('/_gatekit/notify/messages/none')).status, 404)
  assert.equal((await call('/nothing')).status, 404)
})

test('pages of other sites and other names for this machine are refused', async (t) => {
  const { sandbox, call } = await start(t)
  assert.equal((await call('/_gatekit/notify/messages', { headers: { origin: 'https://evil.test' } })).status, 403)
  assert.equal((await call('/_gatekit/notify/messages', { headers: { origin: sandbox.url } })).status, 200)

  const status = await new Promise((done) =>
    rawRequest(`${sandbox.url}/_gatekit/notify/messages`, { headers: { host: 'evil.test' } }, (response) =>
      done(response.resume().statusCode),
    ).end(),
  )
  assert.equal(status, 403)
})
