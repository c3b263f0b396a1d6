import { onePayment } from '../explore/histories.ts'
import { prove } from '../explore/prove.ts'
import { green, yellow } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const c7 = defineProbe({
  id: 'C7',
  title: 'the beginning of a dispute that arrives late undoes its end',
  rule: 'Events may come in any order; a dispute that is won stays won.',
  source: [{ text: 'Stripe, Event ordering', url: 'https://docs.stripe.com/webhooks#event-ordering' }],
  guard: 'Where the order is wrong it is advice only; a repeated event of a dispute that is won must change nothing.',
  example: 'Every dispute.created suspends, also one from before.',
  company: 'shared',
  needs: ({ policy, providers }) => {
    if (!providers.stripe) return 'providers.stripe'
    return policy.disputeOpen ? undefined : 'policy.dispute_open'
  },
  async run(rig) {
    const reason = 'a dispute that is won is open again'
    const repeated = await prove(rig, [onePayment('stripe', ['cap', 'disputed', 'won', 'disputed'])], {
      reason,
      fine: '',
    })
    if (repeated.verdict === 'RED') return repeated
    const turned = await prove(
      rig,
      [onePayment('stripe', ['cap', 'won', 'disputed']), onePayment('stripe', ['disputed', 'cap'])],
      { reason, fine: '', budgetMs: 0, confirmations: 1 },
    )
    const { verdict, reason: _, ...seen } = turned
    return verdict === 'RED'
      ? yellow('events of a dispute in another order lead to another end', seen)
      : green('the order of a dispute does not matter')
  },
})
