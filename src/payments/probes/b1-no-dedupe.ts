import { onePayment, perProvider } from '../explore/histories.ts'
import { prove } from '../explore/prove.ts'
import { defineProbe } from './define.ts'

export const b1 = defineProbe({
  id: 'B1',
  title: 'repeated events are not recognised',
  rule: 'An event may be delivered more than once; it has its effect once.',
  source: [
    { text: 'Stripe, Handle duplicate events', url: 'https://docs.stripe.com/webhooks#handle-duplicate-events' },
    { text: 'llmgateway #1713' },
    { text: 'open-saas #688' },
  ],
  guard: 'Effects count, not answers; revoked grants may disappear from the list.',
  example: 'Every delivery of the same capture grants another pack.',
  company: 'shared',
  needs: () => undefined,
  run: (rig) =>
    prove(
      rig,
      perProvider(rig, (provider) => [onePayment(provider, ['cap', 'cap', 'cap'])]),
      {
        reason: 'the same event, delivered again, has its effect again',
        fine: 'repeated deliveries of one event have one effect',
      },
    ),
})
