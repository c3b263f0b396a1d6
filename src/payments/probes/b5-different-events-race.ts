import { raceOf } from '../explore/race.ts'
import type { EventRef } from '../history/define.ts'
import { defineProbe } from './define.ts'

export const b5 = defineProbe({
  id: 'B5',
  title: 'different events of one payment at the same time',
  rule: 'Events of one payment that overlap lead to the same end as one after the other.',
  source: [{ text: 'Stripe, Event ordering', url: 'https://docs.stripe.com/webhooks#event-ordering' }],
  guard: 'Those that lose may be answered 409, 423 or 5xx as long as a retry succeeds; only effects count.',
  example: 'A lock per event id, none per payment: session completed and payment succeeded both grant.',
  company: 'alone',
  needs: () => undefined,
  run: (rig) =>
    raceOf(rig, {
      rounds: rig.smoke ? 3 : 9,
      history: (provider, round) => {
        const of = (...events: (readonly [EventRef['event'], number?])[]): EventRef[] =>
          events.map(([event, copy]) => ({ subject: 'p1', event, ...(copy && { copy }) }))
        const other = provider === 'paypal' ? 'order' : 'cs'
        const bursts = [
          of(['cap'], [other], ['cap'], [other]),
          of(['cap', 1], ['cap', 2], ['cap', 3], ['cap', 4]),
          of(['cap'], ['full'], ['cap'], ['full']),
        ]
        return {
          subjects: { p1: { kind: 'payment', provider } },
          steps: [{ do: 'burst', events: bursts[round % bursts.length]! }],
        }
      },
      reason: 'different events of one payment at the same time do not lead to the end they must',
      fine: 'events of one payment at the same time lead to the same end as one after the other',
    }),
})
