import { permutations } from '../explore/histories.ts'
import type { EventLabel } from '../model/labels.ts'
import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const c8 = defineProbe({
  id: 'C8',
  title: 'a payment after its checkout expired is kept in silence',
  rule: 'Money that arrives after the session expired buys the goods or is given back.',
  source: [{ text: 'flexprice #2230' }],
  guard: 'Giving the goods and refunding are both fine.',
  example: 'The order is closed by expired, and the capture finds nothing open.',
  company: 'shared',
  needs: ({ providers }) => (providers.stripe ? undefined : 'providers.stripe'),
  async run(rig) {
    if (!rig.providers.includes('stripe')) return green('no Stripe event takes effect; see the control')
    for (const events of permutations<EventLabel>(['expired', 'cap'])) {
      const fork = rig.fork()
      const buyer = fork.payment({ provider: 'stripe' })
      for (const event of events) await fork.deliver(buyer, event)
      const outcome = await fork.judge(buyer, 'a payment whose session has expired buys nothing and is not given back')
      const refunds = fork.double.stripe.calls({ method: 'POST', path: '/v1/refunds', about: buyer.ids.payment })
      if (outcome && refunds.length === 0) return red(outcome.reason, { ...outcome, timeline: [...fork.timeline] })
    }
    return green('a payment after the session expired buys the goods or is given back')
  },
})
