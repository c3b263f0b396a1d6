import assert from 'node:assert/strict'
import { after } from 'node:test'
import Stripe from 'stripe'
import { createStripeServer, type StripeServer } from '../../src/stripe/server.ts'

/** A server whose clock is turned by hand and whose every answer is checked against its type. */
export interface Sandbox {
  server: StripeServer
  /** A client with an account of its own. */
  client(): Stripe
  /** The secret key of a client. */
  keyOf(stripe: Stripe): string
  /** Moves the clock and runs what became due. */
  advance(seconds: number): void
  /** Answers that did not fit their type, and bugs. */
  problems: string[]
}

const start = Date.UTC(2026, 5, 15, 10, 0, 0)

/** Starts a sandbox that ends with the tests of the file. */
export async function startSandbox(): Promise<Sandbox> {
  let now = start
  const problems: string[] = []
  const server = await createStripeServer({
    clock: { now: () => now },
    idempotencyWindowMs: 0,
    onMisfit: (operation, found) => void problems.push(`${operation}: ${found.join('; ')}`),
    onBug: (error) => void problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  })
  after(() => server.close())
  const keys = new Map<Stripe, string>()
  return {
    server,
    client() {
      const key = `sk_test_conformance${keys.size}`
      const stripe = new Stripe(key, { host: '127.0.0.1', port: server.port, protocol: 'http', maxNetworkRetries: 0 })
      keys.set(stripe, key)
      return stripe
    },
    keyOf: (stripe) => keys.get(stripe) ?? '',
    advance(seconds) {
      now += seconds * 1000
      server.tick()
    },
    problems,
  }
}

export const day = 86_400

/** The error that a call is refused with. */
export async function refusal(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await call
  } catch (error) {
    assert.ok(error instanceof Stripe.errors.StripeError, String(error))
    return error
  }
  throw new assert.AssertionError({ message: 'the call was not refused' })
}

/** Types of the account's events, oldest first. */
export async function eventTypes(stripe: Stripe, options?: Stripe.RequestOptions): Promise<string[]> {
  const { data } = await stripe.events.list({ limit: 100 }, options)
  return data.map(({ type }) => type).reverse()
}

/** A payment that succeeded, its funds available at once when the card says so. */
export const pay = (
  stripe: Stripe,
  amount: number,
  payment_method = 'pm_card_visa',
  more: Partial<Stripe.PaymentIntentCreateParams> = {},
  options?: Stripe.RequestOptions,
): Promise<Stripe.PaymentIntent> =>
  stripe.paymentIntents.create(
    {
      amount,
      currency: 'usd',
      payment_method,
      confirm: true,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      ...more,
    },
    options,
  )

/** A connected account that may charge and be paid out. */
export async function openAccount(stripe: Stripe, more: Partial<Stripe.AccountCreateParams> = {}): Promise<string> {
  const { id } = await stripe.accounts.create({
    type: 'custom',
    country: 'US',
    email: 'seller@example.com',
    business_type: 'individual',
    business_profile: { mcc: '5734', url: 'https://accessible.stripe.com' },
    capabilities: { card_payments: { requested: true }, transfers: { requested: true } },
    external_account: {
      object: 'bank_account',
      country: 'US',
      currency: 'usd',
      account_number: '000123456789',
      routing_number: '110000000',
    },
    individual: {
      first_name: 'Jenny',
      last_name: 'Rosen',
      email: 'jenny@example.com',
      phone: '+10000000000',
      dob: { day: 1, month: 1, year: 1901 },
      address: { line1: 'address_full_match', city: 'San Francisco', state: 'CA', postal_code: '94111', country: 'US' },
      id_number: '000000000',
    },
    tos_acceptance: { date: 1_781_500_000, ip: '127.0.0.1' },
    ...more,
  })
  return id
}
