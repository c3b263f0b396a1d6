import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import Stripe from 'stripe'
import { createSandbox, type Fault, type Sandbox, type SandboxAccount } from '../../src/index.ts'

let sandbox: Sandbox
before(async () => {
  sandbox = await createSandbox()
})
after(() => sandbox.close())

const clientOf = (account: SandboxAccount, maxNetworkRetries = 0): Stripe =>
  new Stripe(account.key, { ...account.stripe(), maxNetworkRetries, timeout: 2000 })

const errorOf = async (call: Promise<unknown>): Promise<Stripe.errors.StripeError | undefined> =>
  call.then(
    () => undefined,
    (error: Stripe.errors.StripeError) => error,
  )

/** Without the client's own retries. */
const post = ({ key }: SandboxAccount) =>
  fetch(`${sandbox.url}/v1/customers`, { method: 'POST', headers: { authorization: `Bearer ${key}` } })

async function withFaults(...faults: Fault[]) {
  const account = sandbox.account()
  await account.faults.add(...faults)
  return { account, stripe: clientOf(account) }
}

for (const [then, status, code, type] of [
  ['429', 429, 'rate_limit', 'StripeRateLimitError'],
  ['lock_timeout', 429, 'lock_timeout', 'StripeRateLimitError'],
  ['401', 401, 'api_key_expired', 'StripeAuthenticationError'],
  ['409', 409, 'idempotency_key_in_use', 'StripeAPIError'],
  ['500', 500, undefined, 'StripeAPIError'],
] as const)
  test(`the official client meets ${then} as ${type}`, async () => {
    const { account, stripe } = await withFaults({ on: 'POST /v1/customers', then })

    const error = await errorOf(stripe.customers.create())
    const second = await errorOf(stripe.customers.create())

    assert.deepEqual([error?.type, error?.statusCode, error?.code], [type, status, code])
    assert.equal(second, undefined)
    await account.assert({ objects: { customer: 1 } })
  })

test('a rate limit says which one, a lock timeout has none', async () => {
  const { stripe } = await withFaults({ on: 'GET *', then: 429 }, { on: 'GET *', nth: 2, then: 'lock_timeout' })

  const errors = [await errorOf(stripe.balance.retrieve()), await errorOf(stripe.balance.retrieve())]

  assert.deepEqual(
    errors.map((error) => error?.headers?.['stripe-rate-limited-reason']),
    ['global-rate', undefined],
  )
})

test('a rule counts its own requests: the second and the third are refused, others never', async () => {
  const { stripe } = await withFaults({ on: 'GET /v1/customers/{id}', nth: 2, times: 2, then: 500 })
  const { id } = await stripe.customers.create()

  const outcomes: (number | undefined)[] = []
  for (let call = 0; call < 4; call++) outcomes.push((await errorOf(stripe.customers.retrieve(id)))?.statusCode)

  assert.deepEqual(outcomes, [undefined, 500, 500, undefined])
})

test('a 500 is what its idempotency key says ever after', async () => {
  const { account, stripe } = await withFaults({ on: 'POST /v1/customers', then: 500 })

  const first = await errorOf(stripe.customers.create({}, { idempotencyKey: 'k' }))
  const second = await errorOf(stripe.customers.create({}, { idempotencyKey: 'k' }))

  assert.deepEqual([first?.statusCode, second?.statusCode], [500, 500])
  assert.equal(second?.headers?.['idempotent-replayed'], 'true')
  await account.assert({ objects: { customer: 0 } })
})

test('a rate limit leaves the idempotency key free', async () => {
  const { account, stripe } = await withFaults({ on: 'POST /v1/customers', then: 429 })

  await errorOf(stripe.customers.create({}, { idempotencyKey: 'k' }))
  await stripe.customers.create({}, { idempotencyKey: 'k' })

  await account.assert({ objects: { customer: 1 } })
})

test('what is performed and then dropped happened once, however often the client asks', async () => {
  const account = sandbox.account()
  await account.faults.add({ on: 'POST /v1/customers', times: 2, then: 'perform-then-drop' })

  const { id } = await clientOf(account, 3).customers.create({ name: 'Ada' })

  assert.ok(id)
  await account.assert({ objects: { customer: 1 }, requests: { 'POST /v1/customers': 3 } })
})

test('what is dropped has not happened', async () => {
  const { account } = await withFaults({ on: 'POST /v1/customers', then: 'drop' })

  await assert.rejects(post(account))
  await account.assert({ objects: { customer: 0 } })
})

test('what hangs is let go, without having happened, when the faults are cleared', async () => {
  const { account, stripe } = await withFaults({ on: 'POST /v1/customers', then: 'hang' })

  const hanging = assert.rejects(post(account))
  while (account.faults.list()[0]?.met === 0) await stripe.balance.retrieve()
  await account.faults.clear()

  await hanging
  await account.assert({ objects: { customer: 0 } })
})

test('a slow answer comes late and whole', async () => {
  const { stripe } = await withFaults({ on: 'GET /v1/balance', then: 'slow:30' })
  const startedAt = performance.now()

  const balance = await stripe.balance.retrieve()

  assert.equal(balance.object, 'balance')
  assert.ok(performance.now() - startedAt >= 29)
})

test('rules that mean nothing are refused with what was expected', async () => {
  const account = sandbox.account()

  for (const fault of [
    { on: 'refunds', then: 429 },
    { on: 'POST /v1/refunds', then: 'explode' },
    { on: 'POST /v1/refunds', then: 'slow:999999' },
    { on: 'POST /v1/refunds', nth: 0, then: 429 },
  ])
    await assert.rejects(account.faults.add(fault), /expected/i)
})
