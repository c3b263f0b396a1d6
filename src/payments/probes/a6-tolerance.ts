import { forgedThenGenuine } from '../explore/forgeries.ts'
import { defineProbe } from './define.ts'

export const a6 = defineProbe({
  id: 'A6',
  title: 'old signatures are accepted',
  rule: 'A signature older than the tolerance is a replay and has no effect.',
  source: [
    { text: 'Stripe, Verify webhook signatures: replay attacks', url: 'https://docs.stripe.com/webhooks/signature' },
    { text: 'flippercloud #1022' },
    { text: 'OwnPay #296' },
  ],
  guard: 'Twice the tolerance, never near it, for clocks differ; signatures from the future are not judged.',
  example: 'The HMAC is compared, its timestamp never with the clock.',
  company: 'shared',
  withoutBaseline: true,
  needs: ({ providers }) => (providers.stripe ? undefined : 'providers.stripe'),
  run: (rig) =>
    forgedThenGenuine(rig, {
      provider: 'stripe',
      way: 'old',
      reason: 'an event whose signature is twice as old as the tolerance takes effect',
      lost: 'the same event, freshly signed after the old signature was refused, never takes effect',
    }),
})
