import { defineMutant } from './define.ts'
import { isRefund, onClaim } from './support/story.ts'

export const c1 = defineMutant({
  id: 'C1',
  defect: 'C1',
  summary: 'a refund that comes before its capture is dropped',
  apply(target) {
    onClaim(target, async (tx, incoming, isNew) => {
      const [refund] = incoming.facts.filter(isRefund) as { payment: string }[]
      if (!refund) return isNew
      const found = await tx.query('select 1 from payments where payment_id = $1 and is_captured', [refund.payment])
      if (found.rows.length === 0) incoming.facts = []
      return isNew
    })
  },
})
