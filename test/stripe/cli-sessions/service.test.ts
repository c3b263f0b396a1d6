import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { WebSocket } from 'ws'
import { createStripeServer } from '../../../src/stripe/server.ts'

test('a websocket without a session is refused in the words that make the tool open one', async (t) => {
  const { url } = await serve(t)

  const answer = await refusal(`${url.replace('http', 'ws')}/v1/stripecli/websocket`, { 'websocket-id': 'unknown' })

  assert.deepEqual(answer, { status: 404, body: { error: { message: 'Unknown WebSocket ID.' } } })
})

test('a session needs a test key', async (t) => {
  const { url } = await serve(t)

  const answers = await Promise.all([open(url, ''), open(url, 'sk_live_abcdefghijkl'), open(url, 'sk_test_abc')])

  assert.deepEqual(
    answers.map(({ status }) => status),
    [401, 401, 200],
  )
})

test('what a session sends that is no answer is dropped, and the session goes on', async (t) => {
  const server = await serve(t)
  const { body } = await open(server.url, 'sk_test_abc')
  const { websocket_id, websocket_url } = body as { websocket_id: string; websocket_url: string }
  const socket = new WebSocket(websocket_url, { headers: { 'websocket-id': websocket_id } })
  t.after(() => socket.terminate())
  await new Promise((resolve) => socket.once('open', resolve))
  const session = server.cliSessions.find(websocket_id)!

  for (const text of ['', 'null', '{', '[]', '{"type":"webhook_response"}', '{"type":"event_ack"}']) socket.send(text)
  socket.send('{"type":"webhook_response","webhook_id":"evt_1","status":500,"forward_url":"u","body":"no"}')
  await new Promise((resolve) => socket.ping(resolve))
  await new Promise((resolve) => socket.once('pong', resolve))

  assert.deepEqual(server.cliSessions.answers(session.account), [{ event: 'evt_1', url: 'u', status: 500, body: 'no' }])
  assert.ok(session.send)
})

test('sessions that nobody connects to make room for new ones', async (t) => {
  const { cliSessions, url } = await serve(t)
  const first = (await open(url, 'sk_test_abc')).body as { websocket_id: string }

  for (let count = 0; count < 200; count++) await open(url, 'sk_test_abc')

  assert.equal(cliSessions.find(first.websocket_id), undefined)
})

async function serve(t: TestContext) {
  const server = await createStripeServer()
  t.after(() => server.close())
  return server
}

async function open(url: string, key: string): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${url}/v1/stripecli/sessions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'device_name=test&websocket_features[]=webhooks',
  })
  return { status: answer.status, body: await answer.json() }
}

const refusal = (url: string, headers: Record<string, string>): Promise<{ status: number; body: unknown }> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers })
    socket.on('error', () => {})
    socket.once('open', () => reject(new Error('it was let in')))
    socket.once('unexpected-response', (_request, response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }))
    })
  })
