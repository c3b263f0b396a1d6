import { green } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const a8 = defineProbe({
  id: 'A8',
  title: 'only the first v1 signature is looked at',
  rule: 'While a secret is rolled the header holds a v1 for each; one that fits is enough.',
  source: [
    { text: 'Stripe, Roll endpoint signing secrets', url: 'https://docs.stripe.com/webhooks#roll-endpoint-secrets' },
    { text: 'PostHog #61131' },
  ],
  guard: 'The fitting signature is always there.',
  example: 'A regular expression takes the first v1 and stops.',
  company: 'shared',
  needs: ({ providers }) => (providers.stripe ? undefined : 'providers.stripe'),
  async run(rig) {
    const buyer = rig.payment({ provider: 'stripe' })
    await rig.deliver(buyer, 'cap', { signing: 'wrong-then-right' })
    const outcome = await rig.judge(buyer, 'a header whose second v1 signature fits is refused')
    return outcome ?? green('every v1 signature is looked at')
  },
})
