import { green, yellow } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const b17 = defineProbe({
  id: 'B17',
  title: 'acknowledgements are slow',
  rule: 'Providers give up on a slow answer and deliver again: the webhook answers quickly, whatever it waits for itself.',
  source: [
    {
      text: 'Stripe, Quickly return a 2xx response',
      url: 'https://docs.stripe.com/webhooks#quickly-return-a-2xx-response',
    },
  ],
  guard: 'Advice only; measured while the provider itself answers in two seconds.',
  example: 'Mails, invoices and calls of the provider are made before the answer.',
  company: 'alone',
  needs: () => undefined,
  async run(rig) {
    const { ackMs } = rig.contract.policy
    const armed = [rig.double.stripe, rig.double.paypal].map((provider) =>
      provider.arm({ on: '* *', times: 'always', then: 'slow:2000' }),
    )
    try {
      const took: number[] = []
      for (const provider of rig.providers) {
        const buyer = rig.payment({ provider })
        const { attempts } = await rig.deliver(buyer, 'cap')
        took.push(...attempts.map(({ tookMs }) => tookMs))
      }
      return Math.max(...took) > ackMs
        ? yellow('a webhook took longer to answer than the contract allows')
        : green('webhooks are answered in time')
    } finally {
      for (const each of armed) each.disarm()
    }
  },
})
