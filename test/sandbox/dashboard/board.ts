import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Stripe from 'stripe'
import { readFlags, sandboxFirst } from '../../../src/config/flags.ts'
import { createAnswers } from '../../../src/sandbox/dashboard/answers.ts'
import { startDashboard } from '../../../src/sandbox/dashboard/server.ts'
import { sourceOf } from '../../../src/sandbox/dashboard/source.ts'
import { type Sandbox, startSandbox } from '../../support/stripe.ts'

export interface Board {
  url: string
  qaDir: string
  key: string
  sandbox: Sandbox
  stripe: Stripe
  /** A client of another account. */
  stranger: Stripe
  /** A page as text, with the status that it was answered with. */
  get(path: string): Promise<{ status: number; text: string; headers: Headers }>
  post(path: string, form?: Record<string, string>, headers?: Record<string, string>): Promise<Response>
  close(): Promise<void>
}

export const key = 'sk_test_dashboardsecretkey9876'

/** A sandbox whose clock stands still, with its dashboard. */
export async function startBoard(): Promise<Board> {
  const answers = createAnswers()
  const sandbox = await startSandbox({ onAnswer: (_request, answer) => answers.add(answer) })
  const qaDir = await mkdtemp(join(tmpdir(), 'gatekit-dashboard-'))
  const { server } = sandbox
  const dashboard = await startDashboard({
    qaDir,
    port: 0,
    flags: readFlags({}, sandboxFirst),
    source: sourceOf(server, answers, key),
    notifyUrl: 'http://127.0.0.1:9/',
  })
  const client = (apiKey: string) =>
    new Stripe(apiKey, {
      host: '127.0.0.1',
      port: server.port,
      protocol: 'http',
      maxNetworkRetries: 0,
      telemetry: false,
    })
  return {
    url: dashboard.url,
    qaDir,
    key,
    sandbox,
    stripe: client(key),
    stranger: client('sk_test_stranger'),
    async get(path) {
      const answer = await fetch(dashboard.url + path)
      return { status: answer.status, text: await answer.text(), headers: answer.headers }
    },
    post: (path, form = {}, headers = { 'sec-fetch-site': 'same-origin' }) =>
      fetch(dashboard.url + path, { method: 'POST', body: new URLSearchParams(form), headers, redirect: 'manual' }),
    async close() {
      await dashboard.close()
      await server.close()
      await rm(qaDir, { recursive: true, force: true })
    },
  }
}

/** Takes webhooks and answers all with a 200. */
export async function startReceiver(): Promise<{ url: string; received: string[]; close(): void }> {
  const received: string[] = []
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      received.push(String(request.headers['stripe-signature']))
      response.end('{"received":true}')
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
