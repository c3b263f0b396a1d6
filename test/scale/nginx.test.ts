import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import Stripe from 'stripe'
import { type RunningCli, startCli } from '../support/cli.ts'
import { need } from '../support/need.ts'
import { type NginxProxy, startNginx } from './nginx.ts'

interface Sandbox {
  port: number
  cli: RunningCli
}

const options = need('nginx')
const keys = Array.from({ length: 24 }, (_, at) => `sk_test_tenant${at}`)
const sandboxes: Sandbox[] = []
let proxy: NginxProxy

before(async () => {
  if (options.skip) return
  sandboxes.push(...(await Promise.all([startSandbox(), startSandbox()])))
  proxy = await startNginx([sandboxes[0]!.port, sandboxes[1]!.port])
})
after(async () => {
  await proxy?.stop()
  for (const { cli } of sandboxes) cli.child.kill('SIGTERM')
  await Promise.all(sandboxes.map(({ cli }) => cli.ended))
})

async function startSandbox(): Promise<Sandbox> {
  const cli = startCli(process.cwd(), ['serve', '--only', 'stripe', '--port', '0', '--json'])
  const [, url] = await cli.seen(/"stripe":"([^"]+)"/)
  return { cli, port: Number(new URL(url!).port) }
}

const client = (key: string, port = proxy.port): Stripe =>
  new Stripe(key, { host: '127.0.0.1', port, protocol: 'http', maxNetworkRetries: 0, telemetry: false })

const namesOf = async (key: string, port = proxy.port): Promise<(string | null | undefined)[]> =>
  (await client(key, port).customers.list({ limit: 100 })).data.map(({ name }) => name)

/** How many customers of a key each sandbox has. */
const spread = (key: string): Promise<number[]> =>
  Promise.all(sandboxes.map(async ({ port }) => (await namesOf(key, port)).length))

const raw = (authorization: string, path: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${proxy.port}${path}`, { headers: { authorization } })

test('every key lives on one sandbox, sees its own objects only, and both sandboxes have some', options, async () => {
  await Promise.all(
    keys.flatMap((key) => [1, 2, 3].map((at) => client(key).customers.create({ name: `${key} ${at}` }))),
  )

  const seen = await Promise.all(keys.map((key) => namesOf(key)))
  const spreads = await Promise.all(keys.map(spread))

  assert.deepEqual(
    seen.map((names) => names.toSorted()),
    keys.map((key) => [1, 2, 3].map((at) => `${key} ${at}`)),
  )
  assert.deepEqual(
    spreads.filter((counts) => !['3,0', '0,3'].includes(counts.join())),
    [],
  )
  assert.equal(new Set(spreads.map(String)).size, 2)
})

test('Basic, restricted keys and lower-case schemes of a key find the same objects', options, async () => {
  for (const key of keys) {
    const forms = [
      `Basic ${Buffer.from(`${key}:`).toString('base64')}`,
      `bearer ${key}`,
      `Bearer ${key.replace('sk_', 'rk_')}`,
    ]
    for (const form of forms) {
      const { data } = (await (await raw(form, '/v1/customers')).json()) as { data: object[] }
      assert.equal(data.length, 3, form)
    }
  }
})

test('large files and refusals come through; what is too large is refused in Stripe’s form', options, async () => {
  const send = async (bytes: number) => {
    const body = new FormData()
    body.set('purpose', 'identity_document')
    body.set('file', new Blob([Buffer.alloc(bytes, '%PDF-1.4 ')]), 'a.pdf')
    const headers = { authorization: `Bearer ${keys[0]}` }
    return fetch(`http://127.0.0.1:${proxy.port}/v1/files`, { method: 'POST', headers, body })
  }

  const [taken, refused, keyless] = [
    await send(15 * 1024 * 1024),
    await send(21 * 1024 * 1024),
    await raw('', '/v1/files'),
  ]

  assert.deepEqual([taken.status, refused.status, keyless.status], [200, 413, 401])
  assert.equal(((await refused.json()) as { error: { type: string } }).error.type, 'invalid_request_error')
})

test('a dead sandbox is a clear error for its keys, and no other sandbox answers for them', options, async () => {
  const spreads = await Promise.all(keys.map(spread))
  const lost = keys.filter((_, at) => spreads[at]![0] === 3)
  const kept = keys.filter((_, at) => spreads[at]![1] === 3)
  sandboxes[0]!.cli.child.kill('SIGKILL')
  await sandboxes[0]!.cli.ended

  for (const key of lost)
    await assert.rejects(client(key).customers.create({}), { statusCode: 502, message: /start it again/ })
  for (const key of kept) assert.equal((await namesOf(key)).length, 3)
  for (const key of lost) assert.deepEqual(await namesOf(key, sandboxes[1]!.port), [])
})
