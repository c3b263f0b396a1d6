import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { test } from 'node:test'
import { adminToken, deliver, paidSession, startBackend } from './support.ts'

test('health asks each part: 503 names the one that is down', async (t) => {
  const { app, backend } = await startBackend(t)
  assert.equal((await app.inject('/health')).statusCode, 200)

  await rm(backend.outbox.dir, { recursive: true })

  const answer = await app.inject('/health')
  assert.equal(answer.statusCode, 503)
  assert.deepEqual(answer.json().services, { webhook_processor: 'up', database: 'up', outbox: 'down' })
})

test('version tells the build and that nothing is live', async (t) => {
  const { app } = await startBackend(t, { build: { version: '1.2.3', sha: 'abc' } })
  const { version, sha, livemode } = (await app.inject('/version')).json()
  assert.deepEqual([version, sha, livemode], ['1.2.3', 'abc', false])
})

test('administration wants the right token: 401 without, 403 with another, 404 where none is configured', async (t) => {
  const { app } = await startBackend(t)
  const ask = (authorization?: string) =>
    app.inject({ url: '/api/audit', headers: authorization ? { authorization } : {} })
  assert.equal((await ask()).statusCode, 401)
  assert.equal((await ask('Basic abc')).statusCode, 401)
  assert.equal((await ask('Bearer wrong')).statusCode, 403)
  assert.equal((await ask(`Bearer ${adminToken}`)).statusCode, 200)
  const { adminToken: _, ...rest } = (await startBackend(t)).backend
  const { createBackendApp } = await import('../../src/backend/server.ts')
  const open = await createBackendApp(rest)
  t.after(() => open.close())
  assert.equal((await open.inject({ url: '/api/audit', headers: { authorization: 'Bearer x' } })).statusCode, 404)
})

test('the audit log names what each event did', async (t) => {
  const bench = await startBackend(t)
  await deliver(bench, paidSession('a'))
  const answer = await bench.app.inject({
    url: '/api/audit?target=cs_test_a',
    headers: { authorization: `Bearer ${adminToken}` },
  })
  const [line] = answer.json().items
  assert.deepEqual([line.event, line.payload], ['checkout.session.completed', { event: 'evt_a', changed: true }])
})

test('a mocked checkout says so and a wrong field is named', async (t) => {
  const { app } = await startBackend(t)
  const ask = (payload: object) => app.inject({ method: 'POST', url: '/api/stripe_ext/checkout', payload })
  const { mocked, sandbox, livemode, mode } = (await ask({ plan: 'pro', email: 'ada@example.test' })).json()
  assert.deepEqual([mocked, sandbox, livemode, mode], [true, false, false, 'subscription'])
  assert.match((await ask({ plan: 'pro', email: 'nobody' })).json().error.message, /^email:/)
  assert.equal((await ask({ plan: 'gold', email: 'ada@example.test' })).statusCode, 422)
  assert.equal((await ask({ plan: 'pro', email: 'ada@example.test', price: 1 })).statusCode, 422)
})

test('a message names its outbox file; the same idempotency key is the same file', async (t) => {
  const { app } = await startBackend(t)
  const send = (subject: string) =>
    app.inject({
      method: 'POST',
      url: '/api/notify_ext/send',
      headers: { 'idempotency-key': 'k1' },
      payload: { to: 'ada@example.test', template: 'generic', subject, data: { k: 'v' } },
    })
  const first = (await send('Hello')).json()
  assert.ok(first.ok && existsSync(first.path))
  assert.equal((await send('Hello')).json().path, first.path)
  assert.equal((await send('Other')).statusCode, 409)
})

test('traversal and header injection are refused before anything is written', async (t) => {
  const { app, backend } = await startBackend(t)
  const bad = [
    { to: 'ada@example.test', template: '../../etc/passwd' },
    { to: 'ada@example.test\r\nBcc: eve@example.test', template: 'generic' },
    { to: 'ada@example.test', template: 'generic', subject: 'a\nBcc: eve@example.test' },
  ]
  for (const payload of bad)
    assert.equal((await app.inject({ method: 'POST', url: '/api/notify_ext/send', payload })).statusCode, 422)
  assert.deepEqual(await backend.outbox.list(), [])
})

test('a body past the limit is a 413 and broken JSON a 400, both in the house shape', async (t) => {
  const { app } = await startBackend(t)
  const post = (payload: string) =>
    app.inject({
      method: 'POST',
      url: '/api/notify_ext/send',
      headers: { 'content-type': 'application/json' },
      payload,
    })
  assert.equal((await post(`{"to":"${'a'.repeat(300_000)}"}`)).json().error.code, 'body_too_large')
  assert.equal((await post('{"to":')).json().error.code, 'invalid_request')
})
