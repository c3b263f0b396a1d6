import { acceptedForgery, formsTakeEffect } from '../explore/forgeries.ts'
import { green } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const a5 = defineProbe({
  id: 'A5',
  title: 'the signature is checked over re-serialised JSON',
  rule: 'The signature is made over the bytes that were sent; parsing and writing them again changes them.',
  source: [
    { text: 'Stripe, Verify webhook signatures: raw body', url: 'https://docs.stripe.com/webhooks/signature' },
    { text: 'stripe-node #341' },
    { text: 'Standard Webhooks', url: 'https://www.standardwebhooks.com' },
  ],
  guard: 'All forms are the same JSON; numbers that are written otherwise stand in fields that nobody reads.',
  example: 'HMAC over JSON.stringify(request.body).',
  company: 'shared',
  needs: ({ providers }) => (providers.stripe ? undefined : 'providers.stripe'),
  async run(rig) {
    const refused = await formsTakeEffect(rig, 'stripe', {
      forms: ['pretty', 'escaped', 'spaced', 'trailing-newline', 'float'],
      reason: 'a genuine event with unusual white space or escapes has no effect',
    })
    if (refused) return refused
    const forgery = {
      providers: ['stripe'] as const,
      reason: 'an event whose bytes differ from the signed ones is accepted',
    }
    const outcome =
      (await acceptedForgery(rig, { ...forgery, ways: ['other-spacing', 'loose-spacing'] })) ??
      (await acceptedForgery(rig, { ...forgery, ways: ['other-spacing'], how: { body: 'pretty' } }))
    return outcome ?? green('the bytes count, not what they mean')
  },
})
