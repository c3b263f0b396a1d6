import { green } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** Some of the money goes back. What that means is a decision, and the contract says which. */
export const e3 = defineProbe({
  id: 'E3',
  title: 'partial refund against the policy',
  rule: 'A partial refund does with the goods what the contract declares: keep, revoke or prorate.',
  source: [{ text: 'Stripe, Partial refunds', url: 'https://docs.stripe.com/refunds?dashboard-or-api=api#issuing' }],
  guard: 'Without policy.partial_refund nothing is judged: revoking on purpose is a policy too.',
  example: 'charge.refunded taken for a full refund without a look at amount_refunded.',
  company: 'shared',
  needs: ({ policy }) => (policy.partialRefund ? undefined : 'policy.partial_refund'),
  async run(rig) {
    const buyers = rig.providers.map((provider) => rig.payment({ provider }))
    for (const buyer of buyers) {
      await rig.deliver(buyer, 'cap')
      await rig.settle(buyer)
      await rig.deliver(buyer, 'part')
    }
    const policy = rig.contract.policy.partialRefund
    for (const buyer of buyers) {
      const wrong = await rig.judge(buyer, `a partial refund did not ${policy} the goods`)
      if (wrong) return wrong
    }
    return green(`partial refunds ${policy} the goods, as declared`)
  },
})
