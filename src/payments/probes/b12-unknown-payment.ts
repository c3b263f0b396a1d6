import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const b12 = defineProbe({
  id: 'B12',
  title: 'events of an unknown payment are not acknowledged',
  rule: 'An event about something that the backend does not know is acknowledged; whether it is kept or ignored is the policy.',
  source: [{ text: '3scale #3086' }, { text: 'Stripe, Receive events', url: 'https://docs.stripe.com/webhooks' }],
  guard: 'Where the contract says that the provider shall retry until the payment is known, other answers are fine.',
  example: 'The payment is looked up, not found, and the handler answers 404.',
  company: 'shared',
  needs: () => undefined,
  async run(rig) {
    const { unknownPayment, retryUntilKnown } = rig.contract.policy
    const mayRetry = unknownPayment === 'retry' || retryUntilKnown
    for (const provider of rig.providers) {
      const buyer = rig.payment({ provider })
      const delivery = await rig.deliver(buyer, 'full', { attempts: 3 })
      const effect = await rig.judge(buyer, 'the refund of an unknown payment gives something')
      if (effect) return effect
      if (!delivery.acknowledged && !mayRetry)
        return red('the refund of an unknown payment is never acknowledged', {
          want: 'an answer 2xx within three attempts',
          got: `${delivery.last.status ?? delivery.last.trouble}`,
          harm: 'the provider retries for days, then disables the endpoint',
        })
    }
    return green('events of unknown payments are acknowledged')
  },
})
