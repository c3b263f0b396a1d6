import { onePayment, perProvider } from '../explore/histories.ts'
import { prove } from '../explore/prove.ts'
import { defineProbe } from './define.ts'

export const c1 = defineProbe({
  id: 'C1',
  title: 'a refund before its capture is lost',
  rule: 'Events may come in any order; a refund that arrives before its capture still revokes what the capture gives.',
  source: [
    { text: 'Stripe, Event ordering', url: 'https://docs.stripe.com/webhooks#event-ordering' },
    { text: 'razorpay-woocommerce #664' },
    { text: 'saleor #9504' },
  ],
  guard: 'The early refund may be answered non-2xx and retried; only the end state counts.',
  example: 'The refund finds no payment and is acknowledged; the capture then grants.',
  company: 'shared',
  needs: () => undefined,
  run: (rig) =>
    prove(
      rig,
      perProvider(rig, (provider) => [
        onePayment(provider, ['full', 'cap']),
        onePayment(provider, ['full', 'cap', 'full']),
      ]),
      {
        reason: 'a refund that arrives before its capture is lost',
        fine: 'a refund counts in whatever order it arrives',
      },
    ),
})
