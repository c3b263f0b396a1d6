import assert from 'node:assert/strict'
import { test } from 'node:test'
import { headOf, readPlainRequest } from '../../src/stripe/plain-request.ts'

const read = (text: string) => readPlainRequest(Buffer.from(text, 'latin1'))
const host = 'Host: a\r\n'

test('a whole request of the plainest form is read: method, path, headers in lower case, body', () => {
  const request = read(`POST /v1/customers?a=%20 HTTP/1.1\r\n${host}Content-Length: 6\r\nX-Mixed:  a: b \r\n\r\nname=a`)

  assert.deepEqual(request, {
    method: 'POST',
    url: '/v1/customers?a=%20',
    headers: { host: 'a', 'content-length': '6', 'x-mixed': 'a: b' },
    body: Buffer.from('name=a'),
  })
  assert.deepEqual(read(`GET / HTTP/1.1\r\n${host}connection: Keep-Alive\r\n\r\n`)?.body, undefined)
})

const others: Record<string, string> = {
  'half a head': `GET / HTTP/1.1\r\n${host}`,
  'half a body': `POST / HTTP/1.1\r\n${host}content-length: 5\r\n\r\nabc`,
  'two requests at once': `GET / HTTP/1.1\r\n${host}\r\n`.repeat(2),
  'a body without a length': `POST / HTTP/1.1\r\n${host}\r\nabc`,
  'a length that is none': `POST / HTTP/1.1\r\n${host}content-length: +3\r\n\r\nabc`,
  'a GET with a body': `GET / HTTP/1.1\r\n${host}content-length: 3\r\n\r\nabc`,
  'a header that comes twice': `GET / HTTP/1.1\r\n${host}${host}\r\n`,
  'two lengths': `POST / HTTP/1.1\r\n${host}content-length: 3\r\nContent-Length: 3\r\n\r\nabc`,
  'no host': 'GET / HTTP/1.1\r\na: b\r\n\r\n',
  chunks: `POST / HTTP/1.1\r\n${host}transfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  'an expectation': `POST / HTTP/1.1\r\n${host}expect: 100-continue\r\ncontent-length: 0\r\n\r\n`,
  'an upgrade': `GET / HTTP/1.1\r\n${host}connection: upgrade\r\nupgrade: websocket\r\n\r\n`,
  'a connection that ends': `GET / HTTP/1.1\r\n${host}connection: close\r\n\r\n`,
  'an older version': `GET / HTTP/1.0\r\n${host}\r\n`,
  'another method': `HEAD / HTTP/1.1\r\n${host}\r\n`,
  'another target': `GET http://a/ HTTP/1.1\r\n${host}\r\n`,
  'a space in the path': `GET /a b HTTP/1.1\r\n${host}\r\n`,
  'a bare line feed': `GET / HTTP/1.1\n${host}\r\n`,
  'a bare carriage return': `GET / HTTP/1.1\r\nhost: a\rb: c\r\n\r\n`,
  'a folded line': `GET / HTTP/1.1\r\n${host}a: b\r\n c\r\n\r\n`,
  'a space before the colon': `GET / HTTP/1.1\r\n${host}a : b\r\n\r\n`,
  'bytes above ASCII': `GET / HTTP/1.1\r\n${host}a: \xe4\r\n\r\n`,
  'the name of what objects inherit': `GET / HTTP/1.1\r\n${host}constructor: a\r\n\r\n`,
  'the prototype': `GET / HTTP/1.1\r\n${host}__proto__: a\r\n\r\n`,
  'a long head': `GET / HTTP/1.1\r\n${host}a: ${'b'.repeat(17_000)}\r\n\r\n`,
  nothing: '',
}

for (const [what, text] of Object.entries(others))
  test(`${what}: left to node:http`, () => {
    assert.equal(read(text), undefined)
  })

test('a header that would become two is not written', () => {
  assert.equal(headOf({ status: 200, headers: { a: 'b\r\nc: d' }, body: '' }, 0, 1000), undefined)
  assert.match(headOf({ status: 204, headers: {}, body: '' }, 0, 1000)!, /^HTTP\/1\.1 204 No Content\r\nDate: /)
})
