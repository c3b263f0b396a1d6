import { acceptedForgery } from '../explore/forgeries.ts'
import { green } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const a4 = defineProbe({
  id: 'A4',
  title: 'the timestamp is not part of what is signed',
  rule: 'The signature covers the timestamp and the body; otherwise every recorded event can be sent again with a new time.',
  source: [
    { text: 'Stripe, Verify webhook signatures manually', url: 'https://docs.stripe.com/webhooks/signature' },
    { text: 'HSReplay #342' },
  ],
  guard: 'The genuine form of the same signature must take effect; that is the control.',
  example: 'HMAC over the body alone: genuine events are refused, or old ones pass with a new t.',
  company: 'shared',
  withoutBaseline: true,
  needs: ({ providers }) => (providers.stripe ? undefined : 'providers.stripe'),
  async run(rig) {
    const outcome = await acceptedForgery(rig, {
      ways: ['body-only', 'no-timestamp-signature', 'changed-timestamp'],
      providers: ['stripe'],
      reason: 'a signature that does not cover its timestamp is accepted',
    })
    return outcome ?? green('the signature covers the timestamp')
  },
})
