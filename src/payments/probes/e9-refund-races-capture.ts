import { oneBurst } from '../explore/histories.ts'
import { raceOf } from '../explore/race.ts'
import type { EventLabel } from '../model/labels.ts'
import { defineProbe } from './define.ts'

/** `twin`: another event of the same capture. */
const rounds: readonly { events: readonly (EventLabel | 'twin')[]; before: readonly EventLabel[] }[] = [
  { events: ['full', 'cap'], before: [] },
  { events: ['cap', 'full', 'full'], before: [] },
  { events: ['cap', 'twin', 'full'], before: [] },
  { events: ['full', 'full', 'full', 'full'], before: ['cap'] },
  { events: ['part', 'rest', 'part', 'rest'], before: ['cap'] },
]

export const e9 = defineProbe({
  id: 'E9',
  title: 'refund and capture at the same time',
  rule: 'A refund that is worked through beside its capture, or beside another refund, leads to the same end as one after the other.',
  source: [
    { text: 'Stripe, Event ordering', url: 'https://docs.stripe.com/webhooks#event-ordering' },
    { text: 'razorpay-woocommerce #664' },
  ],
  guard:
    'Those that lose may be refused as long as a retry succeeds; partial refunds only where the contract declares them.',
  example: 'The refund finds no purchase yet, the capture finds no refund yet, and both are right when they look.',
  company: 'alone',
  needs: () => undefined,
  run: (rig) =>
    raceOf(rig, {
      rounds: rig.smoke ? 5 : 10,
      history: (provider, round) => {
        const { events, before } = rounds[round % rounds.length]!
        const twin = provider === 'stripe' ? 'cs' : 'order'
        return oneBurst(
          provider,
          events.map((event) => (event === 'twin' ? twin : event)),
          before,
        )
      },
      reason: 'a refund at the same time as its capture leaves the wrong goods',
      fine: 'refunds and captures at the same time end as they must',
    }),
})
