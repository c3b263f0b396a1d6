import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { createManualClock } from '../../src/kernel/clock.ts'
import { createNotifyServer, type NotifyServerOptions } from '../../src/notify/server.ts'

/** A sandbox of this test's own whose clock stands still until it is turned. */
export async function startSandbox(t: TestContext, options: NotifyServerOptions = {}) {
  const server = await createNotifyServer({ clock: createManualClock(), ...options })
  t.after(() => server.close())
  return server
}

export interface Received {
  headers: Record<string, string>
  body: string
  path: string
}

/** An application's webhook endpoint that keeps what it gets; answers with the statuses given, then 200. */
export async function startReceiver(t: TestContext, answers: number[] = []) {
  const received: Received[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => {
      body += part
    })
    request.on('end', () => {
      received.push({ headers: request.headers as Record<string, string>, body, path: request.url ?? '' })
      response.statusCode = answers.shift() ?? 200
      response.end()
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received }
}

/** Sends a provider's events to the application, as its dashboard would be told to. */
export async function addWebhook(sandboxUrl: string, webhook: object): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${sandboxUrl}/_gatekit/notify/webhooks`, {
    method: 'POST',
    headers,
    body: JSON.stringify(webhook),
  })
  if (answer.status !== 201) throw new Error(await answer.text())
}

export const asJson = async (response: Response): Promise<Record<string, never>> =>
  (await response.json()) as Record<string, never>
