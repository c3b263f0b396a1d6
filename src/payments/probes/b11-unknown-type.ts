import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const b11 = defineProbe({
  id: 'B11',
  title: 'unknown types of events are not acknowledged',
  rule: 'Providers add types of events; those that are not handled are acknowledged and have no effect.',
  source: [
    { text: 'Stripe, Receive events', url: 'https://docs.stripe.com/webhooks' },
    { text: 'craft-freeform #2426' },
    { text: 'vendure #1878' },
  ],
  guard: 'Three attempts.',
  example: 'The switch over types ends in 400 or throws.',
  company: 'shared',
  needs: () => undefined,
  async run(rig) {
    for (const provider of rig.providers) {
      const buyer = rig.payment({ provider })
      const delivery = await rig.deliver(buyer, 'unknown', { attempts: 3 })
      const effect = await rig.judge(buyer, 'an event of an unknown type has an effect')
      if (effect) return effect
      if (!delivery.acknowledged)
        return red('an event of an unknown type is never acknowledged', {
          want: 'an answer 2xx',
          got: `${delivery.last.status ?? delivery.last.trouble}`,
          harm: 'the provider retries for days, then disables the endpoint',
        })
    }
    return green('unknown types are acknowledged')
  },
})
