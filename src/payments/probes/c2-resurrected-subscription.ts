import { oneSubscription, permutations } from '../explore/histories.ts'
import { proveSubscriptions } from '../explore/subscriptions.ts'
import { defineProbe } from './define.ts'

export const c2 = defineProbe({
  id: 'C2',
  title: 'a late update brings an ended subscription back',
  rule: 'Events may come in any order; an update that arrives after the end does not undo it.',
  source: [
    { text: 'Stripe, Event ordering', url: 'https://docs.stripe.com/webhooks#event-ordering' },
    { text: 'langfuse #17388' },
    { text: 'cashier #1201' },
  ],
  guard: 'The provider says canceled to everybody who asks, so asking again is fine.',
  example: 'The status in the payload is written as it comes.',
  company: 'shared',
  needs: ({ facts }) => (facts.subscription ? undefined : 'facts.subscription'),
  run: (rig) =>
    proveSubscriptions(
      rig,
      permutations(['sc', 'su', 'sd'] as const).map((events) => oneSubscription(events)),
      {
        reason: 'an ended subscription comes back with an event from before its end',
        fine: 'an ended subscription stays ended in every order of its events',
      },
    ),
})
