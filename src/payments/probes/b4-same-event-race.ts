import { oneBurst } from '../explore/histories.ts'
import { raceOf } from '../explore/race.ts'
import { defineProbe } from './define.ts'

export const b4 = defineProbe({
  id: 'B4',
  title: 'the same event at the same time',
  rule: 'Two deliveries of one event that overlap have one effect.',
  source: [
    { text: 'Stripe, Handle duplicate events', url: 'https://docs.stripe.com/webhooks#handle-duplicate-events' },
    { text: 'vendure-plugins #620' },
    { text: 'Leetcode-City #377' },
  ],
  guard: 'Those that lose may be answered 409, 423 or 5xx as long as a retry succeeds; only effects count.',
  example: 'It looks whether the event is there and inserts it afterwards; both requests find nothing.',
  company: 'alone',
  needs: () => undefined,
  run: (rig) =>
    raceOf(rig, {
      rounds: rig.smoke ? 4 : 10,
      history: (provider, round) =>
        oneBurst(
          provider,
          Array.from({ length: [8, 2, 4, 16][round % 4]! }, () => 'cap' as const),
        ),
      reason: 'deliveries of one event at the same time have their effect more than once',
      fine: 'deliveries of one event at the same time have one effect',
    }),
})
