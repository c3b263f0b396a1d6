import { acceptedForgery } from '../explore/forgeries.ts'
import { green } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const a20 = defineProbe({
  id: 'A20',
  title: 'PayPal events are not verified',
  rule: 'PayPal signs with its own key, or says by postback whether it sent an event; without one of both nothing counts.',
  source: [
    { text: 'PayPal, Verify webhook signature', url: 'https://developer.paypal.com/api/rest/webhooks/rest/' },
    { text: 'roleplay-ai #325' },
  ],
  guard: 'A genuine PayPal event takes effect; that is the control.',
  example: 'The five headers are there, so it returns true.',
  company: 'shared',
  withoutBaseline: true,
  needs: ({ providers, target }) => {
    if (!providers.paypal) return 'providers.paypal'
    return target.start === undefined ? 'target.start' : undefined
  },
  async run(rig) {
    const outcome = await acceptedForgery(rig, {
      ways: ['none', 'random', 'foreign-key', 'other-body', 'other-webhook-id', 'missing-headers'],
      providers: ['paypal'],
      reason: 'an event that PayPal did not sign takes effect',
    })
    return outcome ?? green('what PayPal did not sign has no effect')
  },
})
