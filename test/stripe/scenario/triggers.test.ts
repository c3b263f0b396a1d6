import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import Stripe from 'stripe'
import { createSandbox, type Sandbox, type SandboxAccount } from '../../../src/index.ts'
import { loadScenario, scenarioNames } from '../../../src/stripe/scenario/load.ts'

let sandbox: Sandbox
before(async () => {
  sandbox = await createSandbox()
})
after(() => sandbox.close())

/** Events that are a connected account's own. */
const isConnected = (name: string): boolean => name.startsWith('account.')

async function eventsOf(account: SandboxAccount, stripeAccount: string | null | undefined): Promise<Stripe.Event[]> {
  const stripe = new Stripe(account.key, account.stripe())
  return (await stripe.events.list({ limit: 100 }, { stripeAccount: String(stripeAccount) })).data
}

for (const name of await scenarioNames('triggers'))
  test(`the trigger ${name} makes that event`, async () => {
    const account = sandbox.account()
    const { event, ...scenario } = await loadScenario('triggers', name)

    const made = await account.seed({ ...scenario, event })

    assert.equal(event, name)
    const events = isConnected(name) ? await eventsOf(account, made.account) : account.events()
    const types = events.map(({ type }) => type as string)
    assert.ok(types.includes(name), `only ${[...new Set(types)].join(', ')}`)
    await account.assert({ generic: 0 })
  })

for (const name of await scenarioNames('seeds'))
  test(`the seed ${name} fills an account and leaves nothing to imitation`, async () => {
    const account = sandbox.account()

    const ids = await account.seed(name)

    assert.ok(Object.values(ids).every((id) => typeof id === 'string'))
    await account.assert({ generic: 0 })
  })
