import Stripe from 'stripe'
import { createManualClock, type ManualClock } from '../../src/kernel/clock.ts'
import { createStripeServer, type StripeServer, type StripeServerOptions } from '../../src/stripe/server.ts'

export interface Sandbox {
  server: StripeServer
  clock: ManualClock
  /** The real SDK with a key of its own: an account that nobody else sees. */
  client(): Stripe
  /** Moves the clock and does what is due. */
  pass(seconds: number): Promise<void>
}

let accounts = 0

/** A sandbox whose clock stands still; every own answer is checked against its type, and a bug in it fails the test that meets it. */
export async function startSandbox(options: StripeServerOptions = {}): Promise<Sandbox> {
  const clock = createManualClock()
  const server = await createStripeServer({
    clock,
    idempotencyWindowMs: 0,
    onBug: (error) => {
      throw error
    },
    onMisfit: (operation, problems) => {
      throw new Error(`${operation}: ${problems.join('; ')}`)
    },
    ...options,
  })
  return {
    server,
    clock,
    client: () =>
      new Stripe(`sk_test_account${accounts++}`, {
        host: '127.0.0.1',
        port: server.port,
        protocol: 'http',
        maxNetworkRetries: 0,
        telemetry: false,
      }),
    async pass(seconds) {
      clock.advance(seconds * 1000)
      server.tick()
      await server.webhooks.idle()
    },
  }
}

/** Stripe's error of a call that must not succeed. */
export async function refusalOf(call: Promise<unknown>): Promise<InstanceType<typeof Stripe.errors.StripeError>> {
  try {
    await call
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error
    throw error
  }
  throw new Error('the call was answered, and should have been refused')
}
