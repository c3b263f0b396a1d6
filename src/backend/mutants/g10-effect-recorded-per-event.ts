import { defineMutant } from './define.ts'
import { onClaim } from './support/story.ts'

export const g10 = defineMutant({
  id: 'G10',
  defect: 'G10',
  summary: 'every event of a payment records its capture again',
  apply(target) {
    onClaim(target, () => true)
    const { recordPurchase } = target.parts
    target.parts.recordPurchase = async (...of) => ({ ...(await recordPurchase(...of)), isNew: true })
  },
})
