import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createManualClock } from '../../src/kernel/clock.ts'
import { createNotifyServer } from '../../src/notify/server.ts'
import { type NotifyMessage, type NotifySettings, notifyProvider } from '../../src/providers/notify.ts'
import { createShadowLog } from '../../src/providers/shadow.ts'
import { makeFolder, startOutbox } from '../outbox/support.ts'

const receipt: NotifyMessage = {
  to: 'ada@example.test',
  template: 'receipt',
  subject: 'Your receipt',
  data: { plan: 'pro', amount: '1900', currency: 'EUR', order: 'cs_1' },
  cause: 'evt_1',
}

async function start(
  t: TestContext,
  notifyMode: 'mock' | 'sandbox' | 'live',
  settings: Partial<NotifySettings> = {},
  shadowCalls = false,
) {
  const { outbox, dir, clock } = await startOutbox(t)
  const sandbox = await createNotifyServer({ clock })
  t.after(() => sandbox.close())
  const flags = { notifyMode, shadowCalls }
  const provider = () =>
    notifyProvider(flags, { outbox, ...(notifyMode === 'sandbox' && { sandboxUrl: sandbox.url }), ...settings })
  return { outbox, dir, sandbox, provider }
}

test('mock writes the rendered message to a file and calls nobody', async (t) => {
  const { sandbox, provider } = await start(t, 'mock')

  const sent = await provider().send(receipt, { key: 'receipt/cs_1' })

  assert.deepEqual([sent.mode, sent.mocked, sent.sandbox, sent.replayed], ['mock', true, false, false])
  const entry = JSON.parse(await readFile(sent.path, 'utf8'))
  assert.deepEqual(
    [entry.mocked, entry.sandbox, entry.key, entry.cause, entry.subject],
    [true, false, 'receipt/cs_1', 'evt_1', 'Your receipt'],
  )
  assert.equal(entry.rendered.subject, 'Your receipt')
  assert.match(entry.rendered.text, /Total: €19\.00/)
  assert.equal(sandbox.messages.list().length, 0)
})

test("sandbox sends what the file says and keeps the provider's id", async (t) => {
  const { outbox, sandbox, provider } = await start(t, 'sandbox')

  const sent = await provider().send(receipt, { key: 'receipt/cs_1' })

  const [message] = sandbox.messages.list()
  assert.deepEqual([sent.mocked, sent.sandbox, sent.providerId], [false, true, message?.id])
  assert.deepEqual(
    [message?.to, message?.subject, message?.key],
    [['ada@example.test'], 'Your receipt', 'receipt/cs_1'],
  )
  const entry = await outbox.get(sent.id)
  assert.deepEqual(
    [entry?.state, entry?.attempts[0]?.providerId, entry?.rendered?.html],
    ['sent', message?.id, message?.html],
  )
  assert.doesNotMatch(await readFile(sent.path, 'utf8'), /re_sandbox/)
})

test('20 sends at once with one key are one file and one mail', async (t) => {
  const { dir, sandbox, provider } = await start(t, 'sandbox')
  const notify = provider()

  await Promise.all(Array.from({ length: 20 }, () => notify.send(receipt, { key: 'k' })))

  assert.equal(sandbox.messages.list().length, 1)
  assert.equal((await readdir(dir)).filter((name) => name.endsWith('.json')).length, 1)
})

test('a provider that cannot be reached is an error, and asking again sends once', async (t) => {
  const { outbox, sandbox, provider } = await start(t, 'sandbox')
  const broken = notifyProvider(
    { notifyMode: 'sandbox', shadowCalls: false },
    { outbox, sandboxUrl: 'http://127.0.0.1:9' },
  )

  await assert.rejects(broken.send(receipt, { key: 'k' }), { exitCode: 3 })
  assert.equal((await outbox.list())[0]?.state, 'failed')
  await provider().send(receipt, { key: 'k' })
  await provider().send(receipt, { key: 'k' })

  assert.equal(sandbox.messages.list().length, 1)
  assert.deepEqual(
    (await outbox.list()).map(({ state, attempts }) => [state, attempts.length]),
    [['sent', 2]],
  )
})

test('a mail that was accepted before the line broke is not sent twice', async (t) => {
  const { outbox, sandbox } = await start(t, 'sandbox')
  let breaks = 1
  const proxy = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const headers = request.headers as Record<string, string>
    delete headers.connection
    delete headers['transfer-encoding']
    const answer = await fetch(`${sandbox.url}${request.url}`, { method: 'POST', headers, body: Buffer.concat(parts) })
    const text = await answer.text()
    if (breaks-- > 0) request.socket.destroy()
    else response.end(text)
  })
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done))
  t.after(() => proxy.close())
  const sandboxUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  const notify = notifyProvider({ notifyMode: 'sandbox', shadowCalls: false }, { outbox, sandboxUrl })

  await assert.rejects(notify.send(receipt, { key: 'k' }), { exitCode: 3 })
  await notify.send(receipt, { key: 'k' })

  assert.equal(sandbox.messages.list().length, 1)
})

test('live without key, address and list is refused with exit 6 and writes nothing', async (t) => {
  const { outbox, provider } = await start(t, 'live')
  const live = { apiKey: 're_live_1', apiBase: 'http://127.0.0.1:9', allow: ['*@corp.test'] }
  const withLive = (change: object) =>
    notifyProvider({ notifyMode: 'live', shadowCalls: false }, { outbox, live: { ...live, ...change } })

  assert.throws(() => provider(), { exitCode: 6 })
  for (const change of [{ apiKey: '' }, { apiBase: '' }, { allow: [] }])
    assert.throws(() => withLive(change), { exitCode: 6 })
  await assert.rejects(withLive({}).send(receipt), { exitCode: 6 })
  assert.deepEqual(await outbox.list(), [])
})

test('live calls the provider once for a recipient on the list', async (t) => {
  const { outbox, sandbox } = await start(t, 'live')
  const live = { apiKey: 're_live_1', apiBase: sandbox.url, allow: ['*@EXAMPLE.test'] }
  const notify = notifyProvider({ notifyMode: 'live', shadowCalls: false }, { outbox, live })

  const sent = await notify.send(receipt)

  assert.deepEqual([sent.mode, sent.mocked, sent.sandbox, sandbox.messages.list().length], ['live', false, false, 1])
  await assert.rejects(notify.send({ ...receipt, to: 'eve@sub.example.test' }), { exitCode: 6 })
  assert.doesNotMatch(await readFile(sent.path, 'utf8'), /re_live_1/)
})

test('a live key outside live mode and a sandbox that is not on this machine are refused with exit 6', async (t) => {
  const { outbox } = await start(t, 'mock')
  const live = { apiKey: 're_live_1', apiBase: 'https://api.resend.com', allow: ['*@corp.test'] }

  for (const notifyMode of ['mock', 'sandbox'] as const)
    assert.throws(
      () => notifyProvider({ notifyMode, shadowCalls: false }, { outbox, live, sandboxUrl: 'http://127.0.0.1:1' }),
      { exitCode: 6 },
    )
  for (const sandboxUrl of [
    'https://api.resend.com',
    'http://127.0.0.1.evil.test',
    'http://127.0.0.1@evil.test',
    'nonsense',
  ])
    assert.throws(() => notifyProvider({ notifyMode: 'sandbox', shadowCalls: false }, { outbox, sandboxUrl }), {
      exitCode: 6,
    })
  assert.throws(() => notifyProvider({ notifyMode: 'sandbox', shadowCalls: false }, { outbox }), { exitCode: 2 })
})

test('a message with a missing value is refused before anything is written', async (t) => {
  const { outbox, provider } = await start(t, 'mock')

  await assert.rejects(provider().send({ ...receipt, data: { plan: 'pro' } }), /no value for \{\{total\}\}/)
  await assert.rejects(provider().send({ ...receipt, template: '../../x' }), { code: 'E_MESSAGE' })
  assert.deepEqual(await outbox.list(), [])
})

test("the seed's smallest request works: a template nobody wrote and no data", async (t) => {
  const { provider } = await start(t, 'sandbox')

  const sent = await provider().send({ to: 'test@example.com', template: 'test', subject: 'Test', data: {} })

  assert.match(sent.path, /_test\.json$/)
})

test('with shadow calls the copy that arrived is recorded beside the message, and never decides', async (t) => {
  const folder = await makeFolder(t)
  const log = createShadowLog(join(folder, 'samples.ndjson'), createManualClock())
  const { sandbox, provider } = await start(t, 'mock', {}, true)
  const shadow = await start(t, 'mock')
  const withShadow = notifyProvider(
    { notifyMode: 'mock', shadowCalls: true },
    { outbox: shadow.outbox, shadow: { url: sandbox.url, log } },
  )
  const withBroken = notifyProvider(
    { notifyMode: 'mock', shadowCalls: true },
    { outbox: shadow.outbox, shadow: { url: 'http://127.0.0.1:9', log } },
  )

  await withShadow.send(receipt, { key: 'a' })
  await withShadow.send(receipt, { key: 'a' })
  await withBroken.send(receipt, { key: 'b' })
  await provider().send(receipt)

  const samples = (await readFile(log.path, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.equal(log.count(), 2)
  assert.equal(samples[0].operation, 'notify.send')
  assert.deepEqual(samples[0].candidate, samples[0].baseline)
  assert.deepEqual(samples[1].candidate, { error: 'unreachable' })
})
