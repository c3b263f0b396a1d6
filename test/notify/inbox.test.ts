import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startSandbox } from './support.ts'

async function start(t: Parameters<typeof startSandbox>[0], mail: object = {}) {
  const sandbox = await startSandbox(t)
  const body = {
    from: 'a@b.test',
    to: 'ada@example.test',
    subject: 'Hi <script>alert(1)</script>',
    text: 'x </pre><script>1</script>',
    html: '<script>alert(1)</script><p>Hello</p>',
    ...mail,
  }
  const headers = { authorization: 'Bearer re_test_1', 'content-type': 'application/json' }
  const { id } = (await (
    await fetch(`${sandbox.url}/emails`, { method: 'POST', headers, body: JSON.stringify(body) })
  ).json()) as { id: string }
  const read = async (path: string) => {
    const response = await fetch(sandbox.url + path)
    return {
      status: response.status,
      policy: response.headers.get('content-security-policy') ?? '',
      text: await response.text(),
    }
  }
  return { sandbox, id, read }
}

test('the list names each message, escaped, without a script', async (t) => {
  const { id, read } = await start(t)

  const { text, policy } = await read('/')

  assert.match(text, new RegExp(`<a href="/messages/${id}">Hi &lt;script&gt;`))
  assert.doesNotMatch(text, /<script/i)
  assert.match(policy, /default-src 'none'/)
  assert.doesNotMatch(policy, /unsafe|script-src/)
})

test('a message is shown with its html in a sandboxed frame that may load nothing', async (t) => {
  const { id, read } = await start(t)

  const page = await read(`/messages/${id}`)
  const frame = await read(`/messages/${id}/html`)

  assert.match(page.text, new RegExp(`<iframe sandbox title="HTML part" src="/messages/${id}/html"></iframe>`))
  assert.doesNotMatch(page.text, /<script/i)
  assert.match(frame.text, /<p>Hello<\/p>/)
  assert.match(frame.policy, /default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox;/)
})

test('search finds, and says what is wrong with a query', async (t) => {
  const { read } = await start(t)

  assert.match((await read('/?query=to:ada')).text, /\/messages\//)
  assert.match((await read('/?query=to:bob')).text, /Nothing here yet/)
  assert.match((await read('/?query=%3Cb%3E:x')).text, /value="&lt;b&gt;:x"/)
  assert.match((await read('/?query=too:ada')).text, /no operator &quot;too:&quot;/)
})

test('an unknown message is a 404 page, the stylesheet is served', async (t) => {
  const { read } = await start(t)

  assert.equal((await read('/messages/none')).status, 404)
  assert.match((await read('/inbox.css')).text, /font:/)
})
