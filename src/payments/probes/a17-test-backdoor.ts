import type { Rig } from '../rig/define.ts'
import { green, type Outcome, unmeasured, yellow } from '../verdict.ts'
import { defineProbe } from './define.ts'

const reason = 'an unsigned event comes in through a door left open for tests'

export const a17 = defineProbe({
  id: 'A17',
  title: 'a door left open for tests',
  rule: 'What tests may do without a signature must not be possible in production.',
  source: [{ text: '013-Hire-AI #87' }],
  guard:
    'Judged in the declared production environment; where that refuses the test key, in the usual one, and without it only as advice.',
  example: 'Ids that begin with evt_test_ are not verified; /webhooks/test grants without a signature.',
  company: 'production',
  withoutBaseline: true,
  needs: () => undefined,
  async run(rig) {
    const { productionEnv } = rig.contract.control
    if (!productionEnv) return advice(await doors(rig))
    if (!rig.target.owned) return unmeasured('the contract has no target.start')
    const inProduction = await rig.withEnvironment(productionEnv, { expectReady: false }, async ({ running }) =>
      running ? { outcome: (await doors(rig)) ?? (await doors(rig, { livemode: true })) } : undefined,
    )
    if (inProduction?.outcome) return inProduction.outcome
    if (inProduction) return green('in production there is no such door')
    return (await doors(rig)) ?? green('there is no such door; production refuses the test key')
  },
})

const advice = (outcome: Outcome | undefined): Outcome =>
  outcome ? yellow(`${reason}, at least outside production`) : green('there is no such door')

/** The usual doors, one event each; RED for the first that opens. */
async function doors(rig: Rig, spec: { livemode?: boolean } = {}): Promise<Outcome | undefined> {
  const webhook = rig.contract.providers[rig.providers[0]!]!.webhook
  const folder = webhook.replace(/\/[^/]*$/, '')
  const ids = ['evt_test_', 'evt_00000000000000', 'test_']
  const paths = ['/webhooks/test', '/webhook/test', `${webhook}/test`, `${folder}/test`]
  const tries = [
    ...ids.map((id) => ({ signing: 'none' as const, change: renamed(id) })),
    { signing: 'none' as const, headers: { 'x-test': '1', 'x-test-mode': 'true', 'x-stripe-test': '1' } },
    { signing: 'garbage' as const, change: renamed('evt_test_') },
    ...[...new Set(paths)].map((path) => ({ signing: 'none' as const, path })),
  ]
  const outcomes = await Promise.all(
    tries.map(async (how) => {
      const fork = rig.fork()
      const buyer = fork.payment(spec)
      await fork.deliver(buyer, 'cap', { ...how, attempts: 1 })
      const outcome = await fork.judge(buyer, reason)
      return outcome && { ...outcome, timeline: [...fork.timeline] }
    }),
  )
  return outcomes.find((outcome) => outcome)
}

const renamed = (prefix: string) => (event: Record<string, unknown>) => ({
  ...event,
  id: prefix.endsWith('_') ? `${prefix}${String(event.id).slice(4)}` : prefix,
})
