import { onePayment, perProvider } from '../explore/histories.ts'
import { prove } from '../explore/prove.ts'
import { defineProbe } from './define.ts'

export const c5 = defineProbe({
  id: 'C5',
  title: 'a late failure takes back what was paid',
  rule: 'A first attempt may fail before the payment succeeds; its event may come last and changes nothing.',
  source: [{ text: 'Stripe, Event ordering', url: 'https://docs.stripe.com/webhooks#event-ordering' }],
  guard: 'The payment has succeeded at the provider in every order.',
  example: 'payment_failed sets the order to failed and removes the goods.',
  company: 'shared',
  needs: () => undefined,
  run: (rig) =>
    prove(
      rig,
      perProvider(rig, (provider) =>
        provider === 'stripe'
          ? [
              onePayment(provider, ['cap', 'failed']),
              onePayment(provider, ['failed', 'cap']),
              onePayment(provider, ['cap', 'processing', 'created']),
            ]
          : [onePayment(provider, ['cap', 'processing']), onePayment(provider, ['processing', 'cap'])],
      ),
      {
        reason: 'an earlier state that is reported late changes a payment that has succeeded',
        fine: 'late news of earlier states change nothing',
      },
    ),
})
