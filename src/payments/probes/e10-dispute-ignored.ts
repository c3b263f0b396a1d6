import type { Buyer, Rig } from '../rig/define.ts'
import { green, type Outcome, red, yellow } from '../verdict.ts'
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
  guard:
    'Without policy.dispute_open nothing is judged. A record is asked for only where goods were taken away; disputes of ' +
    'PayPal beside Stripe are YELLOW: the policy does not say whose disputes it means.',
  example: 'No handler for charge.dispute.created: the money is gone and the goods are used up.',
  company: 'shared',
  needs: ({ policy }) => (policy.disputeOpen ? undefined : 'policy.dispute_open'),
  async run(rig) {
    let aside: string | undefined
    for (const provider of rig.providers)
      for (const end of ['won', 'lost'] as const) {
        const outcome = await dispute(rig, provider, end)
        if (!outcome) continue
        if (provider === 'stripe' || rig.providers.length === 1) return outcome
        aside ??= outcome.reason
      }
    if (aside !== undefined) return yellow(aside)
    return green('disputed payments followed the policy, and so did their ends')
  },
})

async function dispute(rig: Rig, provider: 'stripe' | 'paypal', end: 'won' | 'lost'): Promise<Outcome | undefined> {
  const buyer = rig.payment({ provider })
  await rig.deliver(buyer, 'cap')
  await rig.settle(buyer)
  const before = (await rig.observe(buyer)).audit?.length ?? 0
  await rig.deliver(buyer, 'disputed')
  const policy = rig.contract.policy.disputeOpen
  const open = await rig.judge(buyer, `an open ${provider} dispute did not ${policy} the goods`)
  if (open) return open
  if (!(await isOnRecord(rig, buyer, before)))
    return red('goods were taken away for a dispute, and no record says so', {
      want: 'an audit record of the payment',
      got: 'none',
      harm: 'nobody can tell why the goods are gone',
    })
  await rig.deliver(buyer, end)
  return rig.judge(buyer, `a ${provider} dispute that was ${end} did not end as it should`)
}

/** Whether a record more than there were can be found; asked only where the policy takes goods away. */
async function isOnRecord({ contract, observer }: Rig, buyer: Buyer, before: number): Promise<boolean> {
  if (!contract.observe.audit || contract.policy.disputeOpen === 'keep') return true
  const { reached } = await observer.settle(buyer, { want: ({ audit = [] }) => audit.length > before })
  return reached
}
