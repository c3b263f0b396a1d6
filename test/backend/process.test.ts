import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { freePort } from '../../src/kernel/free-port.ts'
import { signPayload } from '../../src/kernel/webhook-signature.ts'
import { createStory, untilTrue } from './events.ts'

const secret = 'whsec_test_of_processes'

async function startFolder(t: TestContext) {
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-process-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  let child: ChildProcess | undefined
  const env = {
    ...process.env,
    GATEKIT_SOURCES: '1',
    PORT: String(port),
    DATA_DIR: join(dir, 'data'),
    OUTBOX_DIR: join(dir, 'outbox'),
    STRIPE_WEBHOOK_SECRET: secret,
  }
  async function kill(): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  t.after(async () => {
    await kill()
    await rm(dir, { recursive: true, force: true })
  })
  return {
    dir,
    url,
    kill,
    async start() {
      child = spawn(process.execPath, ['bin/backend.js'], { env, stdio: 'ignore' })
      await untilTrue(async () => (await fetch(`${url}/health`).catch(() => undefined))?.ok === true)
    },
    async send(event: object): Promise<number> {
      const body = JSON.stringify(event)
      const headers = { 'stripe-signature': signPayload(body, secret, Math.floor(Date.now() / 1000)) }
      return (await fetch(`${url}/webhooks/stripe`, { method: 'POST', headers, body })).status
    },
    async active(user: string): Promise<number> {
      const { cards } = (await (await fetch(`${url}/users/${user}/cards`)).json()) as { cards: { revoked: boolean }[] }
      return cards.filter(({ revoked }) => !revoked).length
    },
  }
}

test('what was acknowledged survives kill -9 at once, and is still done once when it comes again', async (t) => {
  const place = await startFolder(t)
  await place.start()
  const story = createStory()
  assert.equal(await place.send(story.cap()), 200)
  await place.kill()
  await place.start()
  assert.equal(await place.active(story.user), 5)
  assert.equal(await place.send(story.cap()), 200)
  assert.equal(await place.active(story.user), 5)
  const mails = (await readdir(join(place.dir, 'outbox'))).filter((name) => name.endsWith('.json'))
  assert.equal(mails.length, 1)
})

test('without its data folder it says so and takes nothing, and goes on when the folder is back', async (t) => {
  const place = await startFolder(t)
  await place.start()
  const story = createStory()
  await rename(join(place.dir, 'data'), join(place.dir, 'off'))
  assert.equal((await fetch(`${place.url}/health`)).status, 503)
  assert.equal(await place.send(story.cap()), 500)
  await rename(join(place.dir, 'off'), join(place.dir, 'data'))
  assert.equal((await fetch(`${place.url}/health`)).status, 200)
  assert.equal(await place.send(story.cap()), 200)
  assert.equal(await place.active(story.user), 5)
})
