import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { refusedAddress } from '../../../src/stripe/webhooks/address.ts'
import { createSend } from '../../../src/stripe/webhooks/send.ts'

const closers: (() => unknown)[] = []
after(() => Promise.all(closers.map((close) => close())))

async function listen(handler: RequestListener): Promise<{ url: string; connections(): number }> {
  let connections = 0
  const server = createServer(handler).on('connection', () => connections++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(
    () => server.closeAllConnections(),
    () => server.close(),
  )
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, connections: () => connections }
}

test('many attempts share kept-alive connections and bring back status and body', async () => {
  const { url, connections } = await listen((request, response) => {
    request.resume().on('end', () => response.writeHead(201).end('taken'))
  })
  const send = createSend()

  for (let index = 0; index < 20; index++)
    assert.deepEqual(await send(url, { 'content-type': 'application/json' }, '{}'), { status: 201, response: 'taken' })
  await send.close()

  assert.ok(connections() <= 2, `20 attempts took ${connections()} connections`)
})

test('a redirect is reported, not followed', async () => {
  let seen = 0
  const { url } = await listen((_request, response) => {
    seen++
    response.writeHead(307, { location: '/elsewhere' }).end()
  })
  const send = createSend()

  assert.equal((await send(url, {}, '{}')).status, 307)
  await send.close()

  assert.equal(seen, 1)
})

test('an endpoint that never answers is given up after the timeout', async () => {
  const { url } = await listen(() => {})
  const send = createSend({ timeoutMs: 30 })

  assert.deepEqual(await send(url, {}, '{}'), { error: 'no answer within 30 ms' })
  await send.close()
})

test('an endless answer does not fill the memory', async () => {
  const { url } = await listen((request, response) => {
    request.resume()
    const write = () => response.destroyed || response.write('x'.repeat(65_536), write)
    write()
  })
  const send = createSend({ timeoutMs: 5_000 })

  const { status, response } = await send(url, {}, '{}')
  await send.close()

  assert.deepEqual([status, response?.length], [200, 2000])
})

test('a refused connection is an error with its code', async () => {
  const send = createSend()

  assert.deepEqual(await send('http://127.0.0.1:1/', {}, '{}'), { error: 'ECONNREFUSED' })
  await send.close()
})

test('only loopback addresses and allowed names are contacted', () => {
  for (const url of [
    'http://127.0.0.1:1/',
    'http://127.9.9.9/',
    'http://[::1]:80/',
    'https://localhost/x',
    'http://app.localhost/',
  ])
    assert.equal(refusedAddress(url), undefined, url)
  for (const url of [
    'http://10.0.0.1/',
    'https://example.com/',
    'http://localhost.example.com/',
    'file:///etc/passwd',
    'nonsense',
    'http://127.0.0.1.example.com/',
  ])
    assert.notEqual(refusedAddress(url), undefined, url)
  assert.equal(refusedAddress('https://example.com/', new Set(['example.com'])), undefined)
})
