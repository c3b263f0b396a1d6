import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createSandbox, type Sandbox } from '../../../src/index.ts'
import { loadScenario, scenarioNames } from '../../../src/stripe/scenario/load.ts'

let sandbox: Sandbox
before(async () => {
  sandbox = await createSandbox()
})
after(() => sandbox.close())

for (const name of await scenarioNames('triggers'))
  test(`the trigger ${name} makes that event`, async () => {
    const account = sandbox.account()
    const { event, ...scenario } = await loadScenario('triggers', name)

    await account.seed({ ...scenario, event })

    assert.equal(event, name)
    assert.ok(
      account.events(name).length > 0,
      `only ${[...new Set(account.events().map(({ type }) => type))].join(', ')}`,
    )
    await account.assert({ generic: 0 })
  })

for (const name of await scenarioNames('seeds'))
  test(`the seed ${name} fills an account and leaves nothing to imitation`, async () => {
    const account = sandbox.account()

    const ids = await account.seed(name)

    assert.ok(Object.values(ids).every((id) => typeof id === 'string'))
    await account.assert({ generic: 0 })
  })
