import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** The bank takes the money back for as long as it looks into a complaint. */
export const e10 = defineProbe({
  id: 'E10',
  title: 'dispute ignored',
  rule: 'While a payment is disputed, when the dispute is won and when it is lost, the goods follow the declared policy.',
  source: [
    { text: 'Stripe, Disputes', url: 'https://docs.stripe.com/disputes/how-disputes-work' },
    { text: 'polar #8381, cody #1605, dub #4311' },
  ],
  guard: 'Without policy.dispute_open nothing is judged. A record is asked for only where goods were taken away.',
  example: 'No handler for charge.dispute.created: the money is gone and the goods are used up.',
  company: 'shared',
  needs: ({ policy }) => (policy.disputeOpen ? undefined : 'policy.dispute_open'),
  async run(rig) {
    const { policy, observe } = rig.contract
    for (const provider of rig.providers)
      for (const end of ['won', 'lost'] as const) {
        const buyer = rig.payment({ provider })
        await rig.deliver(buyer, 'cap')
        const { observation: before } = await rig.settle(buyer)
        await rig.deliver(buyer, 'disputed')
        const open = await rig.judge(buyer, `an open ${provider} dispute did not ${policy.disputeOpen} the goods`)
        if (open) return open
        const { observation: during } = await rig.settle(buyer)
        const isRecorded = (during.audit?.length ?? 0) > (before.audit?.length ?? 0)
        if (observe.audit && policy.disputeOpen !== 'keep' && !isRecorded)
          return red('goods were taken away for a dispute, and no record says so', {
            want: 'an audit record of the payment',
            got: 'none',
            harm: 'nobody can tell why the goods are gone',
          })
        await rig.deliver(buyer, end)
        const closed = await rig.judge(buyer, `a ${provider} dispute that was ${end} did not end as it should`)
        if (closed) return closed
      }
    return green('disputed payments followed the policy, and so did their ends')
  },
})
