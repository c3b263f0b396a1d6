import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import type { HttpAnswer, HttpRequest } from '../../src/stripe/http.ts'
import { type Listening, listen } from '../../src/stripe/listen.ts'
import { until } from '../support/until.ts'

let server: Listening
let seen: HttpRequest[] = []
/** What the next requests get; an echo when empty. */
let answers: (HttpAnswer | Promise<HttpAnswer>)[] = []

before(async () => {
  const echo = ({ method, url, body = Buffer.alloc(0) }: HttpRequest): HttpAnswer => ({
    status: 200,
    headers: { 'content-type': 'text/plain', 'x-url': url },
    body: `${method} ${url} ${Buffer.from(body).toString()}.`,
  })
  const handle = async (request: HttpRequest): Promise<HttpAnswer> => {
    seen.push(request)
    return (await answers.shift()) ?? echo(request)
  }
  server = await listen(handle, { host: '127.0.0.1', port: 0 })
})
after(() => server.close())

/** A connection on which one request after the other is sent, each when the last one's answer has ended with `end`. */
async function converse(requests: readonly string[], end: RegExp): Promise<string[]> {
  const socket: Socket = connect(server.port, '127.0.0.1').setEncoding('latin1')
  const received: string[] = []
  for (const request of requests) {
    let text = ''
    const answered = new Promise<void>((done, fail) => {
      socket.removeAllListeners().on('error', fail)
      socket.on('close', () => fail(new Error(`the connection ended after ${JSON.stringify(text)}`)))
      socket.on('data', (chunk: string) => {
        text += chunk
        if (end.test(text)) done()
      })
    })
    socket.write(request, 'latin1')
    await answered
    received.push(text)
  }
  socket.removeAllListeners().destroy()
  return received
}

const withoutDate = (text: string): string => text.replace(/Date: [^\r]+/, 'Date: ')
const post = (body: string, more = ''): string =>
  `POST /v1/a?b=c HTTP/1.1\r\nHost: a\r\nX-B: c\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`

test('a plain request is seen and answered as node:http sees and answers it', async () => {
  seen = []
  const bodies = ['', 'name=a', 'name=\xc3\xa4']

  const plain = await converse(
    bodies.map((body) => post(body)),
    /\.$/,
  )
  const read = await converse(
    bodies.map((body) => post(body, 'TE: trailers\r\n')),
    /\.$/,
  )

  assert.deepEqual(plain.map(withoutDate), read.map(withoutDate))
  const [ours, nodes] = [seen.slice(0, 3), seen.slice(3)]
  assert.deepEqual(
    ours,
    nodes.map(({ headers: { te, ...headers }, ...request }) => ({ ...request, headers })),
  )
})

test('a connection goes on through plain requests, others, and plain ones again', async () => {
  const chunked = 'POST /v1/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'

  const texts = await converse([post('first'), post('second'), chunked, post('third')], /\.$/)

  assert.deepEqual(
    texts.map((text) => text.slice(text.indexOf('\r\n\r\n') + 4)),
    ['POST /v1/a?b=c first.', 'POST /v1/a?b=c second.', 'POST /v1/x abc.', 'POST /v1/a?b=c third.'],
  )
})

test('what comes in before the answer is answered after it', async () => {
  seen = []
  let release: (answer: HttpAnswer) => void = () => {}
  answers = [new Promise((done) => (release = done))]
  const socket = connect(server.port, '127.0.0.1').setEncoding('latin1')
  let text = ''
  const ended = new Promise<void>((done) => socket.on('data', (chunk: string) => (text += chunk)).on('end', done))
  socket.write(post('first'))
  await until(() => seen.length === 1)

  socket.end(post('second'))
  release({ status: 201, headers: {}, body: 'late.' })
  await ended

  assert.match(text, /^HTTP\/1\.1 201 [\s\S]*late\.HTTP\/1\.1 200 [\s\S]*second\.$/)
})

test('a header that would become two ends as a 500, bytes arrive as they are, a dropped answer is a cut line', async () => {
  answers = [
    { status: 200, headers: { 'x-a': 'b\r\nc: d' }, body: 'x' },
    { status: 200, headers: {}, body: Buffer.from([0xff, 0x0a]) },
  ]
  const [refused] = await converse([post('')], /\r\n\r\n$/)
  const [bytes] = await converse([post('')], /\n\xff\n$/)
  answers = [{ status: 200, headers: {}, body: '', isDropped: true }]

  await assert.rejects(converse([post('')], /\.$/), /ended after ""/)
  assert.match(refused!, /^HTTP\/1\.1 500 Internal Server Error\r\ncontent-length: 0\r\n/)
  assert.match(bytes!, /content-length: 2\r\n/)
})

test('a client that has gone is nobody to answer', async () => {
  seen = []
  let release: (answer: HttpAnswer) => void = () => {}
  answers = [new Promise((done) => (release = done))]
  const socket = connect(server.port, '127.0.0.1')
  socket.write(post('first'))
  await until(() => seen.length === 1)
  await new Promise((done) => socket.once('close', done).destroy())
  release({ status: 200, headers: {}, body: 'nobody' })

  const [next] = await converse([post('next')], /\.$/)

  assert.match(next!, /next\.$/)
})
