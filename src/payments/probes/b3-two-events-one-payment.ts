import { onePayment, perProvider } from '../explore/histories.ts'
import { prove } from '../explore/prove.ts'
import type { EventLabel } from '../model/labels.ts'
import { defineProbe } from './define.ts'

export const b3 = defineProbe({
  id: 'B3',
  title: 'several events of one payment count several times',
  rule: 'A payment is announced by several events, and duplicates can be events of their own; what was bought is given once per payment.',
  source: [
    { text: 'Stripe, Handle duplicate events', url: 'https://docs.stripe.com/webhooks#handle-duplicate-events' },
    { text: 'roomGPT #61' },
    { text: 'sokosumi #1846' },
  ],
  guard: 'Which of the events grants is free, once all of them were delivered.',
  example: 'Session completed and payment succeeded both grant; they have different event ids.',
  company: 'shared',
  needs: () => undefined,
  run: (rig) =>
    prove(
      rig,
      perProvider(rig, (provider) => {
        const other: EventLabel = provider === 'paypal' ? 'order' : 'cs'
        const { subjects } = onePayment(provider, [])
        const cap = { do: 'deliver', subject: 'p1', event: 'cap' } as const
        return [
          onePayment(provider, [other, 'cap']),
          onePayment(provider, ['cap', other]),
          { subjects, steps: [cap, { ...cap, copy: 2 }, { ...cap, copy: 3 }] },
          ...(provider === 'stripe' ? [onePayment(provider, ['cap', 'charge', 'cs'])] : []),
        ]
      }),
      { reason: 'several events of one payment have their effect several times', fine: 'one payment, one effect' },
    ),
})
