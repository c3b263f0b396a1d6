import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import Stripe from 'stripe'
import { createSandbox, type Sandbox, type SandboxAccount } from '../../src/index.ts'
import type { GatekitError } from '../../src/kernel/errors.ts'

let sandbox: Sandbox
before(async () => {
  sandbox = await createSandbox()
})
after(() => sandbox.close())

const clientOf = (account: SandboxAccount): Stripe =>
  new Stripe(account.key, { ...account.stripe(), maxNetworkRetries: 0 })

/** The rejection of a promise, which must come. */
const rejection = async <E extends Error>(promise: Promise<unknown>): Promise<E> => {
  const settled = await promise.then(
    () => undefined,
    (error: E) => error,
  )
  assert.ok(settled, 'it was not rejected')
  return settled
}

test('the official client works with the key and the settings of an account', async () => {
  const stripe = clientOf(sandbox)

  const customer = await stripe.customers.create({ name: 'Ada' })

  assert.equal((await stripe.customers.retrieve(customer.id)).id, customer.id)
  assert.deepEqual(
    sandbox.events().map(({ type }) => type),
    ['customer.created'],
  )
})

test('an event that was made before is found, one that comes later is waited for', async () => {
  const account = sandbox.account()
  const stripe = clientOf(account)
  const { id } = await stripe.customers.create({ name: 'Ada' })

  const later = account.waitFor({ type: 'customer.updated', object: id, where: { name: 'Grace' } })
  await stripe.customers.update(id, { name: 'Linus' })
  await stripe.customers.update(id, { name: 'Grace' })

  assert.equal((await account.waitFor('customer.created')).type, 'customer.created')
  assert.equal(((await later).data.object as Stripe.Customer).name, 'Grace')
})

test('waiting in vain tells what nearly was it', async () => {
  const account = sandbox.account()
  const { id } = await clientOf(account).customers.create({ name: 'Ada' })

  const error = await rejection<GatekitError>(
    account.waitFor({ type: 'customer.created', where: { name: 'Grace' }, within: '5ms' }),
  )
  const typo = await rejection<GatekitError>(account.waitFor({ type: 'customer.creatd', within: '5ms' }))

  assert.match(error.message, /0 of 1 events/)
  assert.match(String(error.problems[0]?.remedy), /name is Ada, not Grace/)
  assert.match(String(typo.problems[0]?.remedy), /its type is customer.created/)
  assert.ok(id)
})

test('counts that are wrong are named', async () => {
  const account = sandbox.account()
  await clientOf(account).customers.create({ name: 'Ada' })

  await account.assert({ objects: { customer: 1 }, events: { 'customer.created': 1 }, generic: { max: 0 } })
  const error = await rejection<GatekitError>(
    account.assert({ objects: { customer: 2 }, events: { 'charge.failed': 0 } }),
  )

  assert.equal(error.message, 'objects customer: expected 2, found 1')
})

test('an idempotency key is free again when the clock of the account is a day on', async () => {
  const account = sandbox.account()
  const stripe = clientOf(account)
  const create = () => stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'k' })

  const first = await create()
  const again = await create()
  await account.advance('1d1s')
  const other = await create()

  assert.equal(again.id, first.id)
  assert.notEqual(other.id, first.id)
})

test('a frozen clock stands still, and other accounts have their own', async () => {
  const [account, other] = [sandbox.account(), sandbox.account()]

  await account.freeze(new Date('2030-01-01T00:00:00Z'))
  const { created } = await clientOf(account).customers.create()
  const elsewhere = await clientOf(other).customers.create()

  assert.equal(created, Date.UTC(2030, 0, 1) / 1000)
  assert.ok(elsewhere.created < created)
})

/** Every answer takes an id of the account's sequence. */
const withoutSequence = (snapshot: object): string =>
  JSON.stringify(snapshot).replace(/\["state","random",\[[^\]]*\]\],?/g, '')

test('a snapshot brings an account back, and fills another one, which goes its own way', async () => {
  const [account, copy] = [sandbox.account(), sandbox.account()]
  const [stripe, other] = [clientOf(account), clientOf(copy)]
  const { id } = await stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'k' })
  const snapshot = await account.snapshot()

  await stripe.customers.update(id, { name: 'Grace' })
  await stripe.customers.create({ name: 'Linus' })
  await account.restore(snapshot)
  await copy.restore(snapshot)
  await other.customers.del(id)

  const { data } = await stripe.customers.list()
  assert.deepEqual(
    data.map(({ name }) => name),
    ['Ada'],
  )
  assert.equal((await stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'k' })).id, id)
  assert.deepEqual(withoutSequence(await account.snapshot()), withoutSequence(snapshot))
  assert.equal((await other.customers.list()).data.length, 0)
})

test('after a reset nothing is left, the faults and the clock included', async () => {
  const account = sandbox.account()
  const stripe = clientOf(account)
  await stripe.customers.create()
  await account.faults.add({ on: '* *', then: 500, times: 'always' })
  await account.freeze(new Date('2030-01-01T00:00:00Z'))

  await account.reset()

  assert.equal((await stripe.customers.list()).data.length, 0)
  assert.ok(account.now() < Date.UTC(2030, 0, 1))
})

test('two accounts never see each other, whatever they do', async () => {
  const step = fc.record({
    who: fc.nat(1),
    what: fc.constantFrom('create', 'update', 'remove', 'event', 'reset'),
    nth: fc.nat(5),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const accounts = [sandbox.account(), sandbox.account()] as const
      const own = [new Set<string>(), new Set<string>()] as const
      for (const { who, what, nth } of steps) {
        const [account, stripe] = [accounts[who as 0 | 1], clientOf(accounts[who as 0 | 1])]
        const [mine, theirs] = [own[who as 0 | 1], own[(1 - who) as 0 | 1]]
        const foreign = [...theirs][nth]
        if (foreign !== undefined) {
          const error = await rejection<Stripe.errors.StripeError>(stripe.customers.retrieve(foreign))
          assert.equal(error.code, 'resource_missing')
        }
        const known = [...mine][nth]
        if (what === 'create') mine.add((await stripe.customers.create({}, { idempotencyKey: `k${nth}` })).id)
        if (what === 'update' && known !== undefined) await stripe.customers.update(known, { name: 'x' })
        if (what === 'remove' && known !== undefined) {
          await stripe.customers.del(known).catch(() => {})
          mine.delete(known)
          // The key still gives the object it made.
          await account.advance('2d')
        }
        if (what === 'reset') {
          await account.reset()
          mine.clear()
        }
      }
      for (const at of [0, 1] as const) {
        const { data } = await clientOf(accounts[at]).customers.list({ limit: 100 })
        assert.deepEqual(new Set(data.map(({ id }) => id)), own[at])
        const about = accounts[at].events().map((event) => (event.data.object as Stripe.Customer).id)
        assert.ok(about.every((id) => !own[1 - at]?.has(id)))
      }
    }),
    { numRuns: 25 },
  )
})
