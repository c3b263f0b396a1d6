import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const a25 = defineProbe({
  id: 'A25',
  title: 'events of the other mode take effect',
  rule: 'An endpoint may get events of live and of test mode; those of the other mode are acknowledged and have no effect.',
  source: [
    { text: 'Stripe, Connect webhooks', url: 'https://docs.stripe.com/connect/webhooks' },
    { text: 'opencollective #86' },
    { text: 'pinax-stripe #547' },
  ],
  guard: 'Only where the contract declares the mode.',
  example: 'livemode is never read: a payment with a test card buys the pack in production.',
  company: 'shared',
  needs: ({ providers }) => (providers.stripe?.mode ? undefined : 'providers.stripe.mode'),
  async run(rig) {
    if (!rig.providers.includes('stripe')) return green('no Stripe event takes effect; see the control')
    const isTest = rig.contract.providers.stripe!.mode === 'test'
    const buyer = rig.payment({ provider: 'stripe', livemode: isTest })
    const delivery = await rig.deliver(buyer, 'cap', { attempts: 3 })
    const outcome = await rig.judge(buyer, `an event of ${isTest ? 'live' : 'test'} mode takes effect`)
    if (outcome) return outcome
    if (delivery.acknowledged) return green('events of the other mode are acknowledged and have no effect')
    return red('an event of the other mode is not acknowledged, so the provider sends it again for days', {
      want: 'an answer 2xx',
      got: `${delivery.last.status ?? delivery.last.trouble}`,
    })
  },
})
