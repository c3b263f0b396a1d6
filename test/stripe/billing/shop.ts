import assert from 'node:assert/strict'
import Stripe from 'stripe'
import { createManualClock } from '../../../src/kernel/clock.ts'
import { createStripeServer, type StripeServer } from '../../../src/stripe/server.ts'

export const at = (text: string): number => Date.parse(text) / 1000

/** Where all stories begin. */
export const january = at('2026-01-01T00:00:00Z')
export const day = 86_400

export interface Shop {
  stripe: Stripe
  server: StripeServer
  /** Events so far, oldest first. */
  events(): Promise<Stripe.Event[]>
  /** A test clock at 1 January 2026 with a customer whose card is good, or another one. */
  customer(card?: string | null, fields?: Stripe.CustomerCreateParams): Promise<Stripe.Customer>
  clock(): Promise<string>
  price(amount: number, fields?: Partial<Stripe.PriceCreateParams>): Promise<Stripe.Price>
  advance(clock: string, to: number): Promise<void>
}

export interface Mall {
  /** A shop of its own account. */
  open(name: string): Shop
  close(): Promise<void>
}

/** A server with the shipped behaviour and the real client on it. Closing it fails if an answer was not of its type or a bug was met. */
export async function openMall(): Promise<Mall> {
  const problems: unknown[] = []
  const server = await createStripeServer({
    clock: createManualClock(january * 1000),
    seed: 'billing',
    idempotencyWindowMs: 0,
    onMisfit: (operation, found) => problems.push({ operation, found }),
    onBug: (error) => problems.push(error),
  })
  return {
    open: (name) => shopOf(clientOf(server, `sk_test_${name.replace(/\W/g, '')}`), server),
    async close() {
      await server.close()
      assert.deepEqual(problems, [])
    },
  }
}

const clientOf = (server: StripeServer, key: string): Stripe =>
  new Stripe(key, { host: '127.0.0.1', port: server.port, protocol: 'http', maxNetworkRetries: 0 })

export function shopOf(stripe: Stripe, server: StripeServer): Shop {
  let prices = 0
  const shop: Shop = {
    stripe,
    server,
    async events() {
      const events: Stripe.Event[] = []
      for await (const event of stripe.events.list({ limit: 100 })) events.push(event)
      return events.reverse()
    },
    clock: async () => (await stripe.testHelpers.testClocks.create({ frozen_time: january })).id,
    async customer(card = 'pm_card_visa', fields = {}) {
      const test_clock = fields.test_clock ?? (await shop.clock())
      const customer = await stripe.customers.create({ email: 'jenny@example.com', ...fields, test_clock })
      if (card === null) return customer
      const method = await stripe.paymentMethods.attach(card, { customer: customer.id })
      return stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } })
    },
    price: (amount, fields = {}) =>
      stripe.prices.create({
        currency: 'usd',
        unit_amount: amount,
        recurring: { interval: 'month' },
        product_data: { name: `Plan ${++prices}` },
        ...fields,
      }),
    async advance(clock, to) {
      await stripe.testHelpers.testClocks.advance(clock, { frozen_time: to })
      const { status } = await stripe.testHelpers.testClocks.retrieve(clock)
      assert.equal(status, 'ready')
    },
  }
  return shop
}
