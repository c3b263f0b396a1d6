import type { Buyer, Rig } from '../rig/define.ts'
import { green, type Outcome, unmeasured } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** Money goes back for goods of which some are used up. */
export const e8 = defineProbe({
  id: 'E8',
  title: 'refund after goods were used',
  rule: 'A refund takes back what is left; what was used up leaves a debt only where the contract says so.',
  source: [{ text: 'replyinmyvoice #268' }],
  guard:
    'Goods that still count as active after they were used may stay; without policy.spent_refund it is not judged.',
  example: 'A refund that finds fewer goods than it wants to revoke, and revokes none.',
  company: 'shared',
  absent: ({ facts }) => (facts.spend ? undefined : 'facts.spend'),
  needs: ({ policy }) => (policy.spentRefund ? undefined : 'policy.spent_refund'),
  async run(rig) {
    for (const provider of rig.providers) {
      const outcome = await refundSpent(rig, rig.payment({ provider }))
      if (outcome) return outcome
    }
    return green('a refund takes back what is left of the goods')
  },
})

async function refundSpent(rig: Rig, buyer: Buyer): Promise<Outcome | undefined> {
  const { packSize } = buyer.price
  const times = Math.min(rig.contract.facts.spend?.times ?? 1, packSize)
  await rig.deliver(buyer, 'cap')
  await rig.settle(buyer)
  for (let count = 0; count < times; count++) {
    const { outcome } = await rig.checkout(buyer, { kind: 'spend' })
    if (outcome !== 'ok') return unmeasured('facts.spend.request was refused for goods that were just bought')
  }
  const { active = 0 } = await rig.observe(buyer)
  const used = Math.max(0, packSize - active)
  if (used !== 0 && used !== times) return unmeasured('goods that were used up are neither all active nor all gone')
  await rig.deliver(buyer, 'full')
  const debt = rig.contract.policy.spentRefund === 'negative' ? -times : 0
  const stays = used === 0 ? times : 0
  const want = buyer.want()
  return rig.judge(buyer, 'a refund of goods that were partly used does not end as the contract says', {
    ...want,
    active: { min: debt, max: debt < 0 ? debt : stays },
    because: 'fully refunded, and some of it was used',
  })
}
