import { oneSubscription } from '../explore/histories.ts'
import { proveSubscriptions } from '../explore/subscriptions.ts'
import { defineProbe } from './define.ts'

export const c6 = defineProbe({
  id: 'C6',
  title: 'events of the same second are put in the wrong order',
  rule: 'Timestamps of events are whole seconds: two of the same second have no order, only the state at the provider has.',
  source: [{ text: 'cashier #1201' }, { text: 'digital-twins #120' }],
  guard: 'The provider says active to everybody who asks.',
  example: 'created is compared with >=, and incomplete replaces active.',
  company: 'shared',
  needs: ({ facts }) => (facts.subscription ? undefined : 'facts.subscription'),
  run: (rig) =>
    proveSubscriptions(
      rig,
      [
        oneSubscription(['incomplete', 'su'], { sameSecond: true }),
        oneSubscription(['su', 'incomplete'], { sameSecond: true }),
        oneSubscription(['subCs', 'inv', 'invOk', 'su', 'incomplete'], { sameSecond: true }),
      ],
      {
        reason: 'of two events of the same second the wrong one wins',
        fine: 'events of the same second lead to the state at the provider',
      },
    ),
})
