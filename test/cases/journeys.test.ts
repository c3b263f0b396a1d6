import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { freePort } from '../../src/kernel/free-port.ts'
import { makeProject, runCli, startCli } from '../support/cli.ts'
import { isRunning } from '../support/is-running.ts'
import { createSocketJournal } from '../support/socket-journal.ts'

/** An application as a user of gatekit would have it: plain node, the sandbox's address and keys from the environment. */
const application = `
const { createHmac, timingSafeEqual } = require('node:crypto')
const { mkdirSync, writeFileSync } = require('node:fs')
const { STRIPE_API_BASE, STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, NOTIFY_OUTBOX_DIR, PORT } = process.env
const isGenuine = (header = '', body) => {
  const parts = Object.fromEntries(header.split(',').map((part) => part.split('=')))
  const expected = createHmac('sha256', STRIPE_WEBHOOK_SECRET).update(parts.t + '.' + body).digest()
  const given = Buffer.from(parts.v1 || '', 'hex')
  return given.length === 32 && timingSafeEqual(given, expected) && Math.abs(Date.now() / 1000 - parts.t) < 300
}
const routes = {
  'GET /health': async () => [200, { status: 'ok' }],
  'POST /api/stripe_ext/checkout': async (body) => {
    const form = new URLSearchParams({
      mode: 'payment', success_url: 'http://127.0.0.1/ok', customer_email: JSON.parse(body).email,
      'line_items[0][quantity]': 1, 'line_items[0][price_data][currency]': 'usd',
      'line_items[0][price_data][unit_amount]': 900, 'line_items[0][price_data][product_data][name]': 'Plan',
    })
    const headers = { authorization: 'Bearer ' + STRIPE_SECRET_KEY }
    const session = await (await fetch(STRIPE_API_BASE + '/v1/checkout/sessions', { method: 'POST', headers, body: form })).json()
    return [200, { url: session.url, id: session.id, sandbox: true, mocked: false, livemode: session.livemode }]
  },
  'POST /api/stripe_ext/webhook': async (body, headers) => (isGenuine(headers['stripe-signature'], body) ? [200, { ok: true }] : [400, {}]),
  'POST /api/notify_ext/send': async (body) => {
    const message = JSON.parse(body)
    mkdirSync(NOTIFY_OUTBOX_DIR, { recursive: true })
    const name = Date.now() + '_' + message.template + '.json'
    writeFileSync(NOTIFY_OUTBOX_DIR + '/' + name, JSON.stringify({ ...message, ts: Date.now() / 1000 }))
    return [200, { ok: true, path: 'qa/notify/outbox/' + name }]
  },
}
require('node:http').createServer((request, answer) => {
  let body = ''
  request.on('data', (chunk) => (body += chunk))
  request.on('end', async () => {
    const [status, value] = await (routes[request.method + ' ' + request.url] || (async () => [404, {}]))(body, request.headers)
    answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  })
}).listen(Number(PORT), '127.0.0.1')
require('node:fs').writeFileSync('app.pid', String(process.pid))
`

test('stage6 in an empty folder judges the embedded system and passes', async (t) => {
  const dir = await makeProject(t)

  const { code, stdout } = await runCli(dir, ['stage6'])

  assert.equal(code, 0, stdout)
  const tests = JSON.parse(await readFile(join(dir, 'qa/stage6/v0.6.0/tests.json'), 'utf8'))
  assert.equal(tests.stage6_v0_6_0.stripe_sandbox.status, 'PASS')
  assert.match(tests.stage6_v0_6_0.stripe_sandbox.details.checkout_url, /\/c\/pay\/cs_test_/)
})

test('stage6 under mock flags passes on what a mock can show, and says what it skipped', async (t) => {
  const dir = await makeProject(t)

  const { code } = await runCli(dir, ['stage6'], { STRIPE_MOCK: '1', NOTIFY_MODE: 'mock' })

  assert.equal(code, 0)
  const { stage6_v0_6_0: checks } = JSON.parse(await readFile(join(dir, 'qa/stage6/v0.6.0/tests.json'), 'utf8'))
  assert.deepEqual([checks.stripe_mock.status, checks.stripe_sandbox.status], ['PASS', 'SKIP'])
})

test('stage6 --start runs an application beside the sandbox, judges it and leaves nothing of it running', async (t) => {
  const dir = await makeProject(t, { 'app.cjs': application })
  const args = ['stage6', '--start', 'node app.cjs', '--base-url', `http://127.0.0.1:${await freePort()}`]

  const { code, stdout, stderr } = await runCli(dir, args, { STRIPE_MOCK: '0', STRIPE_TEST: '1' })

  assert.equal(code, 0, stdout + stderr)
  const pid = Number(await readFile(join(dir, 'app.pid'), 'utf8'))
  assert.equal(isRunning(pid), false)
})

test('an application that believes unsigned events fails stage6', async (t) => {
  const gullible = application.replace('? [200, { ok: true }] : [400, {}]', '? [200, { ok: true }] : [200, {}]')
  const dir = await makeProject(t, { 'app.cjs': gullible })

  const { code, stderr } = await runCli(dir, [
    'stage6',
    '--start',
    'node app.cjs',
    '--base-url',
    `http://127.0.0.1:${await freePort()}`,
  ])

  assert.equal(code, 1)
  assert.match(stderr, /unsigned\s+expected refused with a 4xx/)
})

test('an application that ends before it is ready is exit 3, with its last words', async (t) => {
  const dir = await makeProject(t, { 'app.cjs': 'console.error("no database"); process.exit(1)' })

  const { code, stderr } = await runCli(dir, [
    'stage6',
    '--start',
    'node app.cjs',
    '--base-url',
    `http://127.0.0.1:${await freePort()}`,
  ])

  assert.equal(code, 3)
  assert.match(stderr, /ended before it was ready \(exit 1\)[\s\S]*no database/)
})

test('init writes gates that lint clean and pass on the embedded backend, speaking to nobody else; a second time it overwrites nothing', async (t) => {
  const dir = await makeProject(t, { 'README.md': '# mine\n' })
  const journal = createSocketJournal(await makeProject(t))

  assert.equal((await runCli(dir, ['init'])).code, 0)
  const lint = await runCli(dir, ['lint', '--strict'])
  assert.equal(lint.code, 0, lint.stderr)
  const run = await runCli(dir, ['run-all'], journal.env)
  assert.equal(run.code, 0, run.stdout + run.stderr)
  const loopback = ['127.0.0.1', '::1', 'localhost']
  assert.deepEqual(
    journal.hosts().filter((host) => !loopback.includes(host)),
    [],
  )
  assert.notEqual(journal.hosts().length, 0)
  const again = await runCli(dir, ['init'])
  assert.equal(again.code, 2)
  assert.match(again.stderr, /gatekit\.yaml.*there already/)
})

test('serve --json prints its addresses when all of them answer, and Ctrl-C closes them', async (t) => {
  const dir = await makeProject(t)
  const cli = startCli(dir, ['serve', '--port', '0', '--json'])
  t.after(() => cli.child.kill('SIGKILL'))

  const [line] = await cli.seen(/^\{"stripe".*\}$/m)
  const addresses = JSON.parse(line) as Record<string, string>
  const urls = Object.values(addresses)
  for (const url of urls) await fetch(url, { redirect: 'manual' })
  for (const name of ['stripe', 'notify', 'app', 'dashboard']) assert.ok(addresses[name], name)
  cli.child.kill('SIGINT')
  const { code } = await cli.ended

  assert.equal(code, 130)
  for (const url of urls) await assert.rejects(fetch(url))
})

test('status tells of the last run, and that there was none', async (t) => {
  const dir = await makeProject(t)
  assert.equal((await runCli(dir, ['status'])).code, 4)
  await runCli(dir, ['stage6'])
  const { code, stdout } = await runCli(dir, ['status'])
  assert.equal(code, 0)
  assert.match(stdout, /^PASS\s+stage6/m)
})
