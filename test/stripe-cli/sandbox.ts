import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import Stripe from 'stripe'
import { createStripeServer, type StripeServer } from '../../src/stripe/server.ts'

export interface ServedSandbox {
  server: StripeServer
  /** For files of the test's own; gone afterwards. */
  folder: string
  /** Path of the Unix socket it listens on too. */
  socket: string
  /** What went wrong inside: answers that are not of their type, and bugs. */
  problems: string[]
  /** The official SDK with that key. */
  client(key: string): Stripe
}

/** A sandbox as `gatekit serve` runs it: on the system's clock, over HTTP and over a Unix socket. */
export async function serveSandbox(context: TestContext, port = 0): Promise<ServedSandbox> {
  const folder = mkdtempSync(join(tmpdir(), 'stripe-socket-'))
  const socket = join(folder, 'stripe.sock')
  const problems: string[] = []
  const server = await createStripeServer({
    port,
    socketPath: socket,
    onMisfit: (operation, misfits) => problems.push(`${operation}: ${misfits.join('; ')}`),
    onBug: (error) => problems.push(String(error instanceof Error ? error.stack : error)),
  })
  context.after(async () => {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const client = (key: string) => new Stripe(key, { host: '127.0.0.1', port: server.port, protocol: 'http' })
  return { server, folder, socket, problems, client }
}
