import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { exchange, exchangeTogether } from '../../../src/payments/deliver/exchange.ts'

const post = (body: string | Buffer = '{}', chunked = false) => ({
  method: 'POST',
  path: '/hook',
  headers: { 'x-test': 'a\r\nevil: 1' },
  body: Buffer.from(body),
  chunked,
})

async function listen(t: TestContext, server: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Answers every connection with these bytes, and ends it where asked. */
const speaks = (t: TestContext, text: string, end = true) =>
  listen(
    t,
    createTcpServer((socket: Socket) => {
      socket.on('error', () => {})
      socket.once('data', () => (end ? socket.end(text) : socket.write(text)))
    }),
  )

test('requests sent together overlap: the first is complete only when others are already open', async (t) => {
  let open = 0
  const openAtEnd: number[] = []
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      openAtEnd.push(open)
      response.end('ok')
    })
  })
  server.on('connection', () => {
    open++
  })
  const base = await listen(t, server)
  const requests = Array.from({ length: 8 }, () => post('{"a":1}'))

  const attempts = await exchangeTogether(base, requests)

  assert.deepEqual(
    attempts.map(({ outcome, body }) => [outcome, body]),
    Array(8).fill(['ok', 'ok']),
  )
  assert.equal(openAtEnd.length, 8)
  assert.ok(openAtEnd[0]! >= 2)
})

test('a header value cannot become a header of its own, chunks arrive as one body', async (t) => {
  const seen: { headers: NodeJS.Dict<string | string[]>; length: number }[] = []
  const base = await listen(
    t,
    createServer((request, response) => {
      let length = 0
      request.on('data', (chunk) => {
        length += chunk.length
      })
      request.on('end', () => {
        seen.push({ headers: request.headers, length })
        response.writeHead(201).end()
      })
    }),
  )

  const { status } = await exchange(base, post(Buffer.alloc(200_000), true))

  assert.equal(status, 201)
  assert.equal(seen[0]?.length, 200_000)
  assert.equal(seen[0]?.headers.evil, undefined)
})

const answers: [name: string, text: string, status: number | undefined, body: string][] = [
  ['an answer of HTTP/1.0 without a length', 'HTTP/1.0 200 OK\r\n\r\nbody', 200, 'body'],
  [
    'a chunked answer',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n',
    200,
    'abc',
  ],
  ['an answer behind 100 Continue', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n', 204, ''],
  ['what is no HTTP', 'hello\r\n\r\n', undefined, ''],
]
for (const [name, text, status, body] of answers)
  test(`${name} is read for what it is`, async (t) => {
    const attempt = await exchange(await speaks(t, text), post())
    assert.deepEqual([attempt.status, attempt.body], [status, body])
  })

test('no answer is a timeout, a broken connection a reset, nobody there refused', async (t) => {
  const silent = await speaks(t, '', false)
  const cut = await speaks(t, '')
  assert.deepEqual(pick(await exchange(silent, post(), { timeoutMs: 60 })), ['info', 'timeout'])
  assert.deepEqual(pick(await exchange(cut, post())), ['info', 'reset'])
  assert.deepEqual(pick(await exchange('http://127.0.0.1:1', post())), ['fail', 'refused'])
})

const pick = ({ outcome, trouble }: Awaited<ReturnType<typeof exchange>>) => [outcome, trouble]

test('the status is told before the body is there', async (t) => {
  const base = await speaks(t, 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12', false)
  const told: number[] = []
  const attempt = await exchange(base, post(), { timeoutMs: 80, onStatus: (status) => told.push(status) })
  assert.deepEqual(told, [200])
  assert.equal(attempt.status, 200)
})
