import { onePayment, permutations, perProvider } from '../explore/histories.ts'
import { prove } from '../explore/prove.ts'
import { defineProbe } from './define.ts'

export const c3 = defineProbe({
  id: 'C3',
  title: 'partial refunds in another order add up to something else',
  rule: 'Refund events may come in any order; the refunds of a payment add up to the same.',
  source: [{ text: 'Stripe, Event ordering', url: 'https://docs.stripe.com/webhooks#event-ordering' }],
  guard: 'Judged where all refunds were delivered, and they add up to all that was paid.',
  example: 'The cumulative amount of the last event that arrived overwrites the larger one before.',
  company: 'shared',
  needs: () => undefined,
  run: (rig) =>
    prove(
      rig,
      perProvider(rig, (provider) =>
        permutations(['cap', 'part', 'rest'] as const).map((events) => onePayment(provider, events)),
      ),
      { reason: 'two partial refunds in another order do not add up', fine: 'refunds add up in every order' },
    ),
})
