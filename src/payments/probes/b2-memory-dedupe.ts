import { deliverStep } from '../explore/histories.ts'
import { prove } from '../explore/prove.ts'
import type { History, ProviderName } from '../history/define.ts'
import { defineProbe } from './define.ts'

export const b2 = defineProbe({
  id: 'B2',
  title: 'what was seen is only in memory',
  rule: 'An event that was worked through stays so when the process ends; providers retry for days.',
  source: [
    { text: 'Stripe, Handle duplicate events', url: 'https://docs.stripe.com/webhooks#handle-duplicate-events' },
    { text: 'unicon #56' },
    { text: 'deer-flow #4120' },
  ],
  guard: 'Kill -9 comes after the first delivery has had its effect.',
  example: 'Seen event ids are kept in a Set or a cache of the process.',
  company: 'kills',
  needs: ({ control, target }) => (control.restart && target.start ? undefined : 'control.restart'),
  run: (rig) =>
    prove(rig, [seenBeforeAKill(rig.providers)], {
      reason: 'an event that was worked through is worked through again after a restart',
      fine: 'a restart does not make it forget what it has seen',
      confirmations: 1,
    }),
})

/** A purchase of each provider, all of them seen before the one kill. */
function seenBeforeAKill(providers: readonly ProviderName[]): History {
  const subjects = Object.fromEntries(
    providers.map((provider, index) => [`p${index + 1}`, { kind: 'payment', provider }] as const),
  )
  const caps = Object.keys(subjects).map((subject) => deliverStep('cap', subject))
  return { subjects, steps: [...caps, { do: 'settle' }, { do: 'kill' }, ...caps] }
}
