import { acceptedForgery } from '../explore/forgeries.ts'
import { green, yellow } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const a7 = defineProbe({
  id: 'A7',
  title: 'signatures of other schemes are accepted',
  rule: 'Only v1 signatures count: v0 stands in test events beside v1, and accepting others allows a downgrade.',
  source: [
    { text: 'Stripe, Verify webhook signatures: schemes', url: 'https://docs.stripe.com/webhooks/signature' },
    { text: 'stripe-java #919' },
  ],
  guard: 'Genuine headers with v0 beside v1 must pass; a V1 in capitals is advice only.',
  example: 'Any part of the header that looks like a signature is compared.',
  company: 'shared',
  withoutBaseline: true,
  needs: ({ providers }) => (providers.stripe ? undefined : 'providers.stripe'),
  async run(rig) {
    const reason = 'a signature that is not v1 is accepted'
    const outcome = await acceptedForgery(rig, { ways: ['v0-only', 'v2-only'], providers: ['stripe'], reason })
    if (outcome) return outcome
    const buyer = rig.payment({ provider: 'stripe' })
    await rig.deliver(buyer, 'cap', { signing: 'genuine-with-v0' })
    const refused = await rig.judge(buyer, 'a genuine header with v0 beside v1 is refused')
    if (refused) return refused
    const capital = await acceptedForgery(rig.fork(), { ways: ['uppercase-scheme'], providers: ['stripe'], reason })
    return capital ? yellow('a scheme written V1 is accepted') : green('only v1 signatures count')
  },
})
