import { defineMutant } from './define.ts'
import { onClaim } from './support/story.ts'

export const e7 = defineMutant({
  id: 'E7',
  defect: 'E7',
  summary: 'a refund of an unknown payment leaves a row that stops the capture',
  apply(target) {
    onClaim(target, async (tx, incoming, isNew) => {
      const captured = incoming.facts.find((fact) => fact.kind === 'captured')
      if (!captured) return isNew
      const found = await tx.query(
        'select 1 from payments where payment_id = $1 and not is_captured and refunded > 0',
        [captured.payment],
      )
      if (found.rows.length > 0) incoming.facts = []
      return isNew
    })
  },
})
