import { randomUUID } from 'node:crypto'
import { defineMutant } from './define.ts'
import { onClaim } from './support/story.ts'

export const e6 = defineMutant({
  id: 'E6',
  defect: ['E6', 'G10'],
  summary: 'every announcement of a refund counts as another one',
  apply(target) {
    onClaim(target, (_tx, incoming) => {
      incoming.facts = incoming.facts.map((fact) => {
        const refund = randomUUID()
        if (fact.kind === 'refund') return { ...fact, refund }
        return fact.kind === 'refund-total'
          ? { kind: 'refund', payment: fact.payment, refund, amount: fact.total, state: 'made' }
          : fact
      })
      return true
    })
    const { standingOf } = target.parts
    target.parts.standingOf = (known) => ({
      ...standingOf(known),
      refunded: known.refunds.reduce((sum, { amount }) => sum + amount, 0),
    })
  },
})
