import { defineMutant } from './define.ts'
import { onClaim } from './support/story.ts'

export const c7 = defineMutant({
  id: 'C7',
  defect: 'C7',
  summary: 'whenever the beginning of a dispute arrives the dispute is open, over or not',
  apply(target) {
    onClaim(target, async (tx, incoming, isNew) => {
      const opened = incoming.facts.find((fact) => fact.kind === 'dispute' && fact.state === 'open')
      if (opened?.kind !== 'dispute') return isNew
      await tx.query('delete from payment_disputes where dispute_id = $1', [opened.dispute])
      return true
    })
  },
})
