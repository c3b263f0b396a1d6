import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dialects } from '../../../src/notify/dialects/list.ts'
import { addWebhook, startReceiver, startSandbox } from '../support.ts'

for (const { name, example } of Object.values(dialects)) {
  test(`${name}: the example is accepted, lives through its states and is told of`, async (t) => {
    const sandbox = await startSandbox(t)
    const app = await startReceiver(t)
    await addWebhook(sandbox.url, { provider: name, url: app.url, secret: name === 'resend' ? 'whsec_AAAA' : '' })

    const answer = await fetch(sandbox.url + example.path, {
      method: 'POST',
      headers: example.headers,
      body: example.body,
    })
    await sandbox.advance(1000)

    assert.equal(answer.status, example.status)
    const messages = sandbox.messages.list()
    assert.deepEqual(
      messages.map(({ provider, status }) => [provider, status]),
      Array(example.messages).fill([name, 'delivered']),
    )
    assert.ok(app.received.length >= example.messages)
  })

  test(`${name}: without credentials nothing is taken, a broken body is answered in the provider's own way`, async (t) => {
    const sandbox = await startSandbox(t)
    const { authorization: _, 'x-postmark-server-token': __, ...anonymous } = example.headers
    const post = (headers: Record<string, string>, body: string) =>
      fetch(sandbox.url + example.path, { method: 'POST', headers, body })

    assert.equal((await post(anonymous, example.body)).status, 401)
    for (const body of ['{"a":', '[]', 'null', '"x"', '{"to":{"a":1},"personalizations":3}', '']) {
      const answer = await post(example.headers, body)
      assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status} for ${body}`)
      assert.equal(typeof (await answer.json()), 'object')
    }
    assert.equal(sandbox.messages.list().length, 0)
  })
}
