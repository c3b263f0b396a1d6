import type { Signing } from '../deliver/signing.ts'
import { forgeries } from '../explore/forgeries.ts'
import { defineProbe } from './define.ts'

const ways: readonly Signing[] = ['garbage', 'empty-header', 'random', 'truncated', 'other-secret', 'missing-headers']

export const a3 = defineProbe({
  id: 'A3',
  title: 'signature headers are only looked for',
  rule: 'A signature counts when it fits the body and the secret, not when its header is there.',
  source: [{ text: 'Stripe, Verify webhook signatures', url: 'https://docs.stripe.com/webhooks/signature' }],
  guard: 'Only an effect is RED.',
  example: 'The verifier finds all headers and returns true.',
  company: 'shared',
  withoutBaseline: true,
  needs: () => undefined,
  run: (rig) => forgeries(rig, { ways, reason: 'an event with a made-up signature takes effect' }),
})
