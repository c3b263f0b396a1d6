import { defineMutant } from './define.ts'
import { isRefund, onClaim } from './support/story.ts'

export const e5 = defineMutant({
  id: 'E5',
  defect: 'E5',
  summary: 'a payment that was refunded in part is not refunded further',
  apply(target) {
    onClaim(target, async (tx, incoming, isNew) => {
      const [refund] = incoming.facts.filter(isRefund) as { payment: string }[]
      if (!refund) return isNew
      const found = await tx.query('select 1 from payments where payment_id = $1 and refunded > 0', [refund.payment])
      if (found.rows.length > 0) incoming.facts = []
      return isNew
    })
  },
})
