import type { Signing } from '../deliver/signing.ts'
import { forgeries } from '../explore/forgeries.ts'
import { defineProbe } from './define.ts'

const ways: readonly Signing[] = ['none', 'zeros']

export const a1 = defineProbe({
  id: 'A1',
  title: 'no signature check',
  rule: 'Anybody can reach a webhook: an event without a valid signature of the provider has no effect.',
  source: [
    { text: 'Stripe, Verify webhook signatures', url: 'https://docs.stripe.com/webhooks/signature' },
    { text: 'colophon jobseek #3253' },
    { text: 'elizaOS #10127' },
  ],
  guard: 'The status does not count: 2xx without an effect is advice, not a failure.',
  example: 'The handler parses the body and acts; one line of curl buys the pack.',
  company: 'shared',
  withoutBaseline: true,
  needs: () => undefined,
  run: (rig) => forgeries(rig, { ways, reason: 'an event without a valid signature takes effect' }),
})
