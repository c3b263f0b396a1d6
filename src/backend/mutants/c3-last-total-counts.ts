import { defineMutant } from './define.ts'
import { forgetRefunds, onClaim } from './support/story.ts'

export const c3 = defineMutant({
  id: 'C3',
  defect: 'C3',
  summary: 'the total of the refund that arrived last is what was given back',
  apply(target) {
    onClaim(target, async (tx, incoming, isNew) => {
      const total = incoming.facts.find((fact) => fact.kind === 'refund-total')
      if (isNew && total) await forgetRefunds(tx, total.payment)
      return isNew
    })
  },
})
