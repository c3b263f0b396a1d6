import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { bodyLimit, type Listening, listen } from '../../src/stripe/listen.ts'
import { createStripeSandbox } from '../../src/stripe/server.ts'
import { createDice } from './dice.ts'
import { randomBytes } from './requests.ts'
import { exchange, head, statusesOf } from './wire.ts'

let server: Listening
/** The same sandbox behind little patience. */
let hasty: Listening
const bugs: unknown[] = []
const open = new Set<unknown>()

before(async () => {
  const sandbox = await createStripeSandbox({ onBug: (error) => bugs.push(error), idempotencyWindowMs: 0 })
  const handle: typeof sandbox.handle = async (request) => {
    open.add(request)
    return sandbox.handle(request).finally(() => open.delete(request))
  }
  server = await listen(handle, { host: '127.0.0.1', port: 0 })
  hasty = await listen(handle, { host: '127.0.0.1', port: 0, patience: { headMs: 300, requestMs: 600 } })
})
after(async () => {
  await server.close()
  await hasty.close()
  assert.deepEqual([bugs, open.size], [[], 0])
})

const headers = { authorization: 'Bearer sk_test_wire' }
const formHeaders = { ...headers, 'content-type': 'application/x-www-form-urlencoded' }

const errorOf = (stream: string): { type?: string; message?: string } =>
  JSON.parse(stream.slice(stream.indexOf('{'))).error

test('a file of 16 MB is taken and read back; more than 20 MB is a 413 in Stripe’s form', async () => {
  const upload = async (bytes: number) => {
    const form = new FormData()
    form.set('purpose', 'identity_document')
    form.set('file', new Blob([Buffer.alloc(bytes, '%PDF-1.4 ')], { type: 'application/pdf' }), 'a.pdf')
    return fetch(`${server.url}/v1/files`, { method: 'POST', headers, body: form })
  }

  const taken = (await (await upload(16 * 1024 * 1024)).json()) as { id: string; size: number }
  const tooLarge = await exchange(
    server.port,
    `${head('POST /v1/files', { 'content-type': 'multipart/form-data; boundary=x', 'content-length': bodyLimit + 1 })}\r\n`,
  )

  assert.equal(taken.size, 16 * 1024 * 1024)
  const contents = await fetch(`${server.url}/v1/files/${taken.id}/contents`, { headers })
  assert.equal((await contents.arrayBuffer()).byteLength, taken.size)
  assert.deepEqual([statusesOf(tooLarge), errorOf(tooLarge).type], [[413], 'invalid_request_error'])
})

test('a body without a length is cut off at the limit too', async () => {
  const chunk = `fffff\r\n${'x'.repeat(0xfffff)}\r\n`
  const start = `${head('POST /v1/customers', { 'transfer-encoding': 'chunked' })}\r\n`

  const answer = await exchange(server.port, start + chunk.repeat(22))

  assert.deepEqual(statusesOf(answer), [413])
})

test('a list of large objects comes whole', async () => {
  const metadata = Array.from({ length: 50 }, (_, at) => `metadata[k${at}]=${'v'.repeat(500)}`).join('&')
  for (let at = 0; at < 100; at++)
    await fetch(`${server.url}/v1/customers`, { method: 'POST', headers: formHeaders, body: metadata })

  const text = await (await fetch(`${server.url}/v1/customers?limit=100`, { headers })).text()

  assert.ok(text.length > 2_500_000)
  assert.equal(JSON.parse(text).data.length, 100)
})

test('a head that is too large is a 431, one that is none a 400, both in Stripe’s form', async () => {
  const large = await exchange(server.port, `${head('GET /v1/customers', { 'x-large': 'a'.repeat(40_000) })}\r\n`)
  const many = await exchange(server.port, head('GET /v1/customers') + 'x: y\r\n'.repeat(20_000))
  const broken = await exchange(server.port, 'HELLO\r\n\r\n')

  assert.deepEqual([large, many, broken].map(statusesOf), [[431], [431], [400]])
  assert.deepEqual(
    [large, many, broken].map((stream) => errorOf(stream).type),
    Array(3).fill('invalid_request_error'),
  )
})

test('half a request does not keep the line: a slow head, a slow body and silence end with 408', async () => {
  const answers = await Promise.all([
    exchange(hasty.port, 'GET /v1/customers HTTP/1.1\r\nhost: a\r\nx-slow: '),
    exchange(hasty.port, `${head('POST /v1/customers', { ...formHeaders, 'content-length': 1000 })}\r\nname=a`),
    exchange(hasty.port, ''),
  ])

  assert.deepEqual(answers.map(statusesOf), [[408], [408], [408]])
})

test('a client that stops talking in the middle leaves nothing behind', async () => {
  const whole = `${head('POST /v1/customers', { ...formHeaders, 'content-length': 6 })}\r\nname=a`
  const cuts = Array.from({ length: 40 }, (_, at) => Math.floor((whole.length * at) / 40))

  const answers = await Promise.all(cuts.map((cut) => exchange(hasty.port, whole.slice(0, cut), { half: true })))
  const health = await fetch(`${server.url}/_gatekit/health`)

  assert.deepEqual(
    answers.flatMap(statusesOf).filter((status) => ![400, 408].includes(status)),
    [],
  )
  assert.equal(health.status, 200)
})

test('pipelined requests are answered in their order', async () => {
  const one = (path: string): string => `${head(`GET ${path}`)}\r\n`

  const stream = await exchange(server.port, one('/v1/balance') + one('/v1/nothing') + one('/v1/balance'), {
    half: true,
  })

  assert.deepEqual(statusesOf(stream), [200, 404, 200])
})

test('two lengths, or a length and chunks, are refused: no request is smuggled behind another', async () => {
  const smuggled = 'GET /v1/balance HTTP/1.1\r\nhost: a\r\n\r\n'
  const answers = await Promise.all([
    exchange(server.port, `${head('POST /v1/customers', { 'content-length': 4 })}content-length: 0\r\n\r\n${smuggled}`),
    exchange(
      server.port,
      `${head('POST /v1/customers', { 'content-length': 4, 'transfer-encoding': 'chunked' })}\r\n0\r\n\r\n${smuggled}`,
    ),
  ])

  assert.deepEqual(answers.map(statusesOf), [[400], [400]])
})

test('garbage on the wire is answered or cut, and the next client is served', async () => {
  const dice = createDice(5)
  const starts = ['', 'GET /v1/customers HTTP/1.1\r\n', `${head('POST /v1/customers', { 'content-length': 50 })}\r\n`]
  const streams = Array.from({ length: 150 }, () =>
    Buffer.concat([Buffer.from(dice.pick(starts)), randomBytes(dice, dice.number(500))]),
  )

  const answers = await Promise.all(streams.map((bytes) => exchange(hasty.port, bytes)))
  const next = await fetch(`${server.url}/v1/customers`, { headers })

  assert.deepEqual(
    answers.flatMap(statusesOf).filter((status) => status >= 500),
    [],
  )
  assert.equal(next.status, 200)
})
