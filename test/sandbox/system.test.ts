import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type ProviderFlags, sandboxFirst } from '../../src/config/flags.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { GatekitError } from '../../src/kernel/errors.ts'
import { type Service, services } from '../../src/sandbox/ports.ts'
import { type SystemOptions, startSystem } from '../../src/sandbox/system.ts'

async function start(
  t: TestContext,
  flags: ProviderFlags,
  only: readonly Service[] = services,
  changes: Partial<SystemOptions> = {},
) {
  const qaDir = await mkdtemp(join(tmpdir(), 'gatekit-system-'))
  t.after(() => rm(qaDir, { recursive: true, force: true }))
  const options = { only, port: 0, flags, clock: systemClock, env: {}, qaDir, build: { version: '0.0.0' }, ...changes }
  const system = await startSystem(options)
  t.after(() => system.close())
  return system
}

const post = async (url: string, body: object) => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

for (const [title, flags] of [
  ['STRIPE_MOCK=0 STRIPE_TEST=1', sandboxFirst],
  ['STRIPE_MOCK=1 STRIPE_TEST=1', { ...sandboxFirst, stripeMock: true }],
  ['STRIPE_MOCK=1 STRIPE_TEST=0', { ...sandboxFirst, stripeMock: true, stripeTest: false }],
] as const) {
  test(`${title}: the sandbox was called exactly when the answer says it was not mocked`, async (t) => {
    const { urls, variables } = await start(t, flags, ['stripe', 'notify', 'app'])

    const { body } = await post(`${urls.app}/api/stripe_ext/checkout`, { plan: 'pro', email: 'ada@example.test' })

    const journal = await fetch(`${urls.stripe}/_gatekit/requests?path=/v1/checkout/sessions`, {
      headers: { authorization: `Bearer ${variables.STRIPE_SECRET_KEY}` },
    })
    const text = await journal.text()
    const calls = text.match(/"path":\s*"\/v1\/checkout\/sessions"/g)?.length ?? 0
    assert.equal(body.mocked, flags.stripeMock)
    assert.equal(calls, body.mocked ? 0 : 1, text.slice(0, 300))
  })
}

test('a payment on the hosted page comes back as an order, through a signed webhook', async (t) => {
  const { urls, database } = await start(t, sandboxFirst, ['stripe', 'notify', 'app'])
  const { body } = await post(`${urls.app}/api/stripe_ext/checkout`, { plan: 'team', email: 'ada@example.test' })
  const form = { email: 'ada@example.test', number: '4242424242424242', expiry: '12/34', cvc: '123', name: 'Ada' }

  const paid = await fetch(String(body.url), { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' })
  await fetch(`${urls.notify}/_gatekit/notify/wait?to=ada@example.test&within=10s`)

  assert.equal(paid.status, 303)
  const orders = await database?.query('select plan, amount::int as amount, status from orders')
  assert.deepEqual(orders?.rows, [{ plan: 'team', amount: 9900, status: 'fulfilled' }])
})

test('a port that is taken is a usage error, and what had started is closed again', async (t) => {
  const blocker = createServer()
  await new Promise<void>((done) => blocker.listen(0, '127.0.0.1', done))
  t.after(() => blocker.close())
  const { port } = blocker.address() as { port: number }

  const started = start(t, sandboxFirst, ['stripe', 'notify'], { port: port - 1 })

  await assert.rejects(started, (error: unknown) => error instanceof GatekitError && error.exitCode === 2)
  const isOpen = await fetch(`http://127.0.0.1:${port - 1}/v1/customers`).then(
    () => true,
    () => false,
  )
  assert.equal(isOpen, false)
})

test('live modes are refused before anything answers', async (t) => {
  for (const flags of [
    { ...sandboxFirst, stripeTest: false },
    { ...sandboxFirst, notifyMode: 'live' as const },
  ]) {
    await assert.rejects(
      start(t, flags, ['stripe', 'notify', 'app']),
      (error: unknown) => error instanceof GatekitError && error.exitCode === 6,
    )
  }
})

test('the same seed hands out the same keys', async (t) => {
  const keysOf = async () => (await start(t, sandboxFirst, ['stripe'], { seed: 7 })).variables.STRIPE_SECRET_KEY
  assert.equal(await keysOf(), await keysOf())
})

test('the pages answer to loopback names only, under a policy without scripts', async (t) => {
  const { urls } = await start(t, sandboxFirst, ['dashboard'])
  const page = await fetch(`${urls.dashboard}/stage6_status.html`)
  assert.equal(page.status, 200)
  assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/)
  const { request } = await import('undici')
  const foreign = await request(`${urls.dashboard}/stage6_status.html`, { headers: { host: 'evil.example' } })
  assert.equal(foreign.statusCode, 403)
})
