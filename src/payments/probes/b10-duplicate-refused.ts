import { green, type Outcome, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const b10 = defineProbe({
  id: 'B10',
  title: 'duplicates are not acknowledged',
  rule: 'An event that was worked through is acknowledged again; anything else keeps the retries going until the endpoint is disabled.',
  source: [
    { text: 'Stripe, Handle duplicate events', url: 'https://docs.stripe.com/webhooks#handle-duplicate-events' },
  ],
  guard: 'Asked only after the first delivery has had its effect; losers of a race may be refused.',
  example: 'The unique index is violated and the handler answers 409 or 500.',
  company: 'shared',
  needs: () => undefined,
  async run(rig) {
    for (const provider of rig.providers) {
      const buyer = rig.payment({ provider })
      await rig.deliver(buyer, 'cap')
      const missing = await rig.judge(buyer, 'a genuine capture has no effect')
      if (missing) return missing
      const again = await rig.deliver(buyer, 'cap', { attempts: 3 })
      if (!again.acknowledged)
        return red('a repeated event is never acknowledged', {
          want: 'an answer 2xx',
          got: `${again.last.status ?? again.last.trouble}`,
          harm: 'the provider retries for days, then disables the endpoint',
        }) satisfies Outcome
    }
    return green('repeated events are acknowledged')
  },
})
