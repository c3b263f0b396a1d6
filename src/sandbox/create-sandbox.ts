import { randomBytes } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import { openAccount, type SandboxAccount } from './account.ts'

export interface SandboxOptions {
  /** 0, a free one, when absent. */
  port?: number
  /** Ids, secrets and keys repeat under the same seed. */
  seed?: number
  /** The server's clock; accounts have their own on top of it. */
  clock?: Clock
  /** Folder of the `stripe` package whose API is spoken; gatekit's own when absent. */
  stripePackage?: string
  /** Folder to keep everything in, also when the process is killed. In memory when absent. */
  dataDir?: string
}

/** A Stripe sandbox in this process, on loopback. It is its own first account. */
export interface Sandbox extends SandboxAccount {
  /** `http://127.0.0.1:…`: the API at its root, as `api.stripe.com` has it. */
  readonly url: string
  /** A fresh account that shares nothing with any other. */
  account(): SandboxAccount
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Starts a Stripe sandbox for tests.
 *
 * ```ts
 * const sandbox = await createSandbox()
 * const stripe = new Stripe(sandbox.key, sandbox.stripe())
 * await sandbox.faults.add({ on: 'POST /v1/refunds', then: 429 })
 * await sandbox.waitFor('charge.refunded')
 * await sandbox.close()
 * ```
 */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { dataDir, ...rest } = options
  const { createStripeServer } = await import('../stripe/server.ts')
  const server = await createStripeServer({ ...rest, ...(dataDir !== undefined && { data: { dir: dataDir } }) })
  let accounts = 0
  const newKey = (): string =>
    `sk_test_${rest.seed === undefined ? randomBytes(16).toString('hex') : `${rest.seed}x${accounts++}`}`
  const close = () => server.close()
  return {
    ...openAccount(server, newKey()),
    url: server.url,
    account: () => openAccount(server, newKey()),
    close,
    [Symbol.asyncDispose]: close,
  }
}
