import { onePayment, perProvider } from '../explore/histories.ts'
import { prove } from '../explore/prove.ts'
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
  company: 'restarts',
  needs: ({ control, target }) => (control.restart && target.start ? undefined : 'control.restart'),
  run: (rig) =>
    prove(
      rig,
      perProvider(rig, (provider) => {
        const { subjects } = onePayment(provider, [])
        const cap = { do: 'deliver', subject: 'p1', event: 'cap' } as const
        return [{ subjects, steps: [cap, { do: 'settle' }, { do: 'kill' }, cap] }]
      }),
      {
        reason: 'an event that was worked through is worked through again after a restart',
        fine: 'a restart does not make it forget what it has seen',
        confirmations: 1,
      },
    ),
})
