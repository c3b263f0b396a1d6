import type { TestContext } from 'node:test'
import { freePort } from '../../src/kernel/free-port.ts'
import { loadContract } from '../../src/payments/contract/load.ts'
import type { Contract } from '../../src/payments/contract/schema.ts'
import type { StartSettings } from '../../src/payments/target/start.ts'
import { startTarget } from '../../src/payments/target/start.ts'
import type { Target } from '../../src/payments/target/types.ts'
import { makeProject } from '../support/cli.ts'

export interface BenchOptions {
  /** The backend's program; `PORT` tells it where to listen. */
  backend?: string
  /** More lines of `target:`. */
  target?: Record<string, unknown>
  /** More sections. */
  more?: Record<string, unknown>
  files?: Record<string, string>
}

/** Answers 200 to everything, and on /env with its environment. */
export const plainBackend = `
import { createServer } from 'node:http'
const port = Number(process.env.PORT)
createServer((request, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(request.url === '/env' ? process.env : { pid: process.pid }))
}).listen(port, '127.0.0.1')
`

export const own: Record<string, string | undefined> = { PATH: process.env.PATH, HOME: process.env.HOME }

/** A contract in a folder of its own, on a port of its own. */
export async function makeContract(t: TestContext, options: BenchOptions = {}): Promise<Contract> {
  const { backend = plainBackend, target = {}, more = {}, files = {} } = options
  const port = await freePort()
  const contract = {
    version: 1,
    target: {
      base_url: `http://127.0.0.1:${port}`,
      start: 'exec node backend.mjs',
      env: { PORT: String(port) },
      ready: '/health',
      ...target,
    },
    providers: { stripe: { webhook: '/webhooks/stripe', secret_env: 'STRIPE_WEBHOOK_SECRET' } },
    facts: { purchase: { pack_size: 5, amount: 4999, currency: 'usd' } },
    observe: { grants: { GET: '/users/{user}/cards', list: '$.cards' } },
    ...more,
  }
  const dir = await makeProject(t, { 'contract.yaml': JSON.stringify(contract), 'backend.mjs': backend, ...files })
  return loadContract(`${dir}/contract.yaml`, { cwd: dir, env: {} })
}

/** Started, and gone with the test. */
export async function start(
  t: TestContext,
  contract: Contract,
  settings: Partial<StartSettings> = {},
): Promise<Target> {
  const target = await startTarget(contract, { own, ...settings })
  t.after(() => target.stop())
  return target
}
