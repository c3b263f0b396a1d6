import { fillRecord } from '../contract/template.ts'
import type { Buyer, Rig } from '../rig/define.ts'
import type { EnvironmentChanges } from '../target/types.ts'
import { green, type Outcome } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** Just before the last retry of the providers: three days. */
const aheadSeconds = 71 * 3600

/** The clock is put ahead between two deliveries of one event. */
export const b18 = defineProbe({
  id: 'B18',
  title: 'seen events are forgotten after a while',
  rule: 'Retries come for three days: what was worked through is remembered that long.',
  source: [
    { text: 'Stripe, Retries', url: 'https://docs.stripe.com/webhooks#retries' },
    { text: 'CreatorOs #732: five minutes' },
  ],
  guard: 'The contract says how its clock is put ahead; the second delivery is signed by that clock.',
  example: 'SET event:<id> 1 EX 86400.',
  company: 'restarts',
  absent: ({ control }) => (control.clock === 'none' ? 'control.clock' : undefined),
  needs: ({ target }) => (target.start === undefined ? 'target.start' : undefined),
  async run(rig) {
    const { clock } = rig.contract.control
    const env = clock === 'none' ? {} : clock.env
    const set = Object.fromEntries(
      Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
    )
    const changes: EnvironmentChanges = { ...env, ...fillRecord(set, { seconds: String(aheadSeconds) }) }
    const buyers = rig.providers.map((provider) => rig.payment({ provider }))
    for (const buyer of buyers) {
      await rig.deliver(buyer, 'cap')
      const missing = await rig.judge(buyer, 'a genuine capture has no effect')
      if (missing) return missing
    }
    return rig.withEnvironment(changes, { expectReady: true, aheadSeconds }, () => again(rig, buyers))
  },
})

async function again(rig: Rig, buyers: readonly Buyer[]): Promise<Outcome> {
  for (const buyer of buyers) {
    await rig.deliver(buyer, 'cap')
    const wrong = await rig.judge(
      buyer,
      'an event is worked through again when it comes once more after almost three days',
    )
    if (wrong) return wrong
  }
  return green('it remembers for almost three days')
}
