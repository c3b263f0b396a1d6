import { onePayment, perProvider } from '../explore/histories.ts'
import { prove } from '../explore/prove.ts'
import type { EventRef, History } from '../history/define.ts'
import { defineProbe } from './define.ts'

export const b19 = defineProbe({
  id: 'B19',
  title: 'each replica remembers for itself',
  rule: 'An event has its effect once, whichever process of the backend its deliveries reach.',
  source: [
    { text: 'Stripe, Handle duplicate events', url: 'https://docs.stripe.com/webhooks#handle-duplicate-events' },
    { text: 'deer-flow #4120: once per pod' },
  ],
  guard: 'Replicas are processes of the same backend on the same data store, as the contract says; only effects count.',
  example: 'A lock, a Set or a cache in the memory of each process.',
  company: 'alone',
  absent: ({ target }) => (target.replicas.length > 0 ? undefined : 'target.replicas'),
  needs: () => undefined,
  run: (rig) => {
    const replicas = rig.contract.target.replicas.map((_, index) => index + 1)
    const everywhere: Pick<EventRef, 'replica'>[] = [{}, ...replicas.map((replica) => ({ replica }))]
    return prove(
      rig,
      perProvider(rig, (provider): History[] => {
        const { subjects } = onePayment(provider, [])
        const cap = { subject: 'p1', event: 'cap' } as const
        const inTurn = everywhere.map((at) => ({ do: 'deliver' as const, ...cap, ...at }))
        const burst = Array.from({ length: 4 }, () => everywhere.map((at) => ({ ...cap, ...at }))).flat()
        return [
          { subjects, steps: inTurn.flatMap((step) => [step, { do: 'settle' as const }]) },
          ...Array.from(
            { length: rig.smoke ? 1 : 4 },
            (): History => ({ subjects, steps: [{ do: 'burst', events: burst }] }),
          ),
        ]
      }),
      {
        reason: 'an event that reached two replicas has its effect twice',
        fine: 'replicas know what the others have done',
        tries: 2,
      },
    )
  },
})
