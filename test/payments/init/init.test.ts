import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GatekitError } from '../../../src/kernel/errors.ts'
import { parseYaml } from '../../../src/kernel/place.ts'
import { parseContract } from '../../../src/payments/contract/load.ts'
import { initContract } from '../../../src/payments/init/init.ts'
import { makeProject } from '../../support/cli.ts'
import { deadUrl, sendJson, startServer } from '../../support/http-server.ts'

const load = (text: string) =>
  parseContract(parseYaml('contract.yaml', text), '/app/contract.yaml', { env: {}, allow: [] })

/** Answers by method and path, 404 to everything else. */
const backend = (t: Parameters<typeof startServer>[0], answers: Record<string, [status: number, value: unknown]>) =>
  startServer(t, (request, response) => {
    const [status, value] = answers[`${request.method} ${request.url}`] ?? [404, { error: 'not found' }]
    request.resume()
    sendJson(response, value, status)
  })

test('a contract is written from what a running backend shows, and it loads', async (t) => {
  const baseUrl = await backend(t, {
    'GET /health': [200, { status: 'ok' }],
    'POST /stripe/webhook': [400, { error: 'no signature' }],
    'GET /users/gatekit-nobody/entitlements': [200, { entitlements: [] }],
    'GET /payments/pi_gatekitnobody': [404, { error: 'no such payment' }],
    'POST /checkout': [422, {}],
  })
  const dir = await makeProject(t, {
    'package.json': JSON.stringify({ scripts: { start: 'node server.js' } }),
    '.env.example': 'STRIPE_SIGNING_SECRET=\nSTRIPE_API_KEY=\nPORT=3000\n',
  })

  const { text, found } = await initContract({ baseUrl, dir })

  const contract = load(text)
  assert.equal(contract.target.baseUrl, baseUrl)
  assert.equal(contract.target.start, 'npm run start')
  assert.equal(contract.providers.stripe?.webhook, '/stripe/webhook')
  assert.equal(contract.providers.stripe?.secretEnv, 'STRIPE_SIGNING_SECRET')
  assert.equal(contract.providers.stripe?.apiKeyEnv, 'STRIPE_API_KEY')
  assert.deepEqual(contract.observe.grants?.source, {
    kind: 'http',
    path: '/users/{user}/entitlements',
    headers: {},
  })
  assert.equal(contract.observe.grants?.list, '$.entitlements')
  assert.deepEqual([found.payment, found.checkout, found.paypal], ['/payments/{payment}', '/checkout', undefined])
})

test("a backend's own description is believed before usual paths", async (t) => {
  const paths = { '/v2/hooks/stripe': {}, '/v2/accounts/{account_id}/licences': {}, '/v2/x/{other}': {} }
  const baseUrl = await backend(t, {
    'GET /openapi.json': [200, { paths }],
    'POST /v2/hooks/stripe': [401, {}],
    'POST /webhooks/stripe': [401, {}],
    'GET /v2/accounts/gatekit-nobody/licences': [200, []],
  })

  const { found } = await initContract({ baseUrl, dir: await makeProject(t) })

  assert.equal(found.stripe, '/v2/hooks/stripe')
  assert.deepEqual(found.grants, { path: '/v2/accounts/{user}/licences', list: '$' })
})

test('what could not be known is asked for, and even then the contract loads', async (t) => {
  const { text, open } = await initContract({ baseUrl: await deadUrl(), dir: await makeProject(t) })

  assert.ok(load(text))
  for (const what of ['start', 'webhook', 'GET', 'amount']) {
    assert.ok(
      open.some((line) => line.startsWith(`${what}: `)),
      what,
    )
  }
})

test('a backend on another machine is not asked without permission', async (t) => {
  await assert.rejects(
    initContract({ baseUrl: 'http://shop.example.com', dir: await makeProject(t) }),
    (error) => error instanceof GatekitError && error.exitCode === 6,
  )
})

test('a program that serves, and the variables it asks for, are found in its source; without a start PayPal is left to complete', async (t) => {
  const baseUrl = await backend(t, {
    'GET /health': [200, {}],
    'POST /webhooks/stripe': [401, {}],
    'POST /webhooks/paypal': [401, {}],
  })
  const program = [
    'import os',
    'SECRET = os.environ["STRIPE_WEBHOOK_SECRET"]',
    'KEY = os.environ.get("STRIPE_SECRET_KEY", "")',
    'BASE = os.getenv("PAYPAL_API_BASE")',
    'PORT = int(os.environ.get("PORT", "8000"))',
    'Server(("", PORT), Handler).serve_forever()',
  ].join('\n')
  const dir = await makeProject(t, { 'shop.py': program, 'tests/other.py': 'serve_forever()' })

  const started = load((await initContract({ baseUrl, dir })).text)
  const attached = await initContract({ baseUrl, dir: await makeProject(t) })

  assert.equal(started.target.start, 'python3 shop.py')
  assert.deepEqual(
    [started.providers.stripe?.apiKeyEnv, started.providers.paypal?.apiBaseEnv],
    ['STRIPE_SECRET_KEY', 'PAYPAL_API_BASE'],
  )
  assert.equal(load(attached.text).providers.paypal, undefined)
  assert.ok(attached.open.some((line) => line.startsWith('paypal: ')))
})
