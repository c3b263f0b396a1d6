import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { ProviderFlags } from '../../src/config/flags.ts'
import { GatekitError } from '../../src/kernel/errors.ts'
import { type Plan, plans } from '../../src/providers/plans.ts'
import { type StripeSettings, stripeProvider } from '../../src/providers/stripe.ts'

const testKey = `sk_test_${'a'.repeat(24)}`
const liveKey = `sk_live_${'a'.repeat(24)}`
const plan = plans.get('pro') as Plan
const request = { plan, email: 'ada@example.test', successUrl: 'http://app.test/ok', cancelUrl: 'http://app.test/no' }

const flags = (stripeMock: boolean, stripeTest: boolean): ProviderFlags => ({
  stripeMock,
  stripeTest,
  notifyMode: 'mock',
  shadowCalls: false,
})

/** A provider that counts its calls and answers one session. */
async function startCounter() {
  const bodies: string[] = []
  const server = createServer((incoming, answer) => {
    let body = ''
    incoming.on('data', (chunk) => {
      body += chunk
    })
    incoming.on('end', () => {
      bodies.push(body)
      answer.setHeader('content-type', 'application/json')
      answer.end(
        JSON.stringify({
          id: 'cs_test_1',
          object: 'checkout.session',
          url: 'http://pay.test/c/pay/cs_test_1',
          livemode: false,
        }),
      )
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, bodies, close: () => new Promise((done) => server.close(done)) }
}

type Row = [
  mock: boolean,
  test: boolean,
  key: string | undefined,
  live: boolean,
  expected: 'mock' | 'sandbox' | 'live' | RegExp,
]

const table: Row[] = [
  [true, false, undefined, false, 'mock'],
  [true, true, undefined, false, 'mock'],
  [true, false, testKey, false, 'mock'],
  [true, true, testKey, false, 'mock'],
  [true, true, liveKey, false, 'mock'],
  [true, false, liveKey, true, 'mock'],
  [false, true, testKey, false, 'sandbox'],
  [false, true, testKey, true, 'sandbox'],
  [false, true, undefined, false, /no test key/],
  [false, true, 'pk_test_123456789012345678901234', false, /no test key/],
  [false, true, liveKey, false, /live Stripe key is refused/],
  [false, true, liveKey, true, /live Stripe key is refused/],
  [false, false, undefined, false, /live mode is refused/],
  [false, false, testKey, false, /live mode is refused/],
  [false, false, liveKey, false, /live Stripe key is refused/],
  [false, false, testKey, true, /no live key/],
  [false, false, undefined, true, /no live key/],
  [false, false, liveKey, true, 'live'],
]

for (const [stripeMock, stripeTest, apiKey, liveAllowed, expected] of table) {
  const key = apiKey ? apiKey.slice(0, 8) : 'no key'
  const title = `STRIPE_MOCK=${+stripeMock} STRIPE_TEST=${+stripeTest} ${key} ${liveAllowed ? 'live' : 'test'} environment`
  test(`${title}: ${expected instanceof RegExp ? 'refused' : expected}`, async () => {
    const provider = await startCounter()
    const settings: StripeSettings = { apiBase: provider.url, liveAllowed, ...(apiKey && { apiKey }) }
    try {
      if (expected instanceof RegExp) {
        const isRefusal = (error: unknown) =>
          error instanceof GatekitError && error.exitCode === 6 && expected.test(error.message)
        assert.throws(() => stripeProvider(flags(stripeMock, stripeTest), settings), isRefusal)
        assert.equal(provider.bodies.length, 0)
        return
      }
      const stripe = stripeProvider(flags(stripeMock, stripeTest), settings)
      const answer = await stripe.createCheckout(request)
      assert.equal(stripe.mode, expected)
      assert.equal(answer.mocked, expected === 'mock')
      assert.equal(answer.sandbox, expected === 'sandbox')
      assert.equal(provider.bodies.length, answer.mocked ? 0 : 1, 'the provider is called exactly when mocked is false')
    } finally {
      await provider.close()
    }
  })
}

test('sandbox mode without an address is refused instead of reaching out to the internet', () => {
  assert.throws(() => stripeProvider(flags(false, true), { apiKey: testKey }), /no API address/)
})

test('one idempotency key is handed to Stripe as it is', async () => {
  const keys: (string | undefined)[] = []
  const server = createServer((incoming, answer) => {
    keys.push(incoming.headers['idempotency-key'] as string | undefined)
    answer.setHeader('content-type', 'application/json')
    answer.end(JSON.stringify({ id: 'cs_test_1', url: 'http://pay.test/1', livemode: false }))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const apiBase = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  await stripeProvider(flags(false, true), { apiKey: testKey, apiBase }).createCheckout({
    ...request,
    idempotencyKey: 'order-7',
  })

  await new Promise((done) => server.close(done))
  assert.deepEqual(keys, ['order-7'])
})
