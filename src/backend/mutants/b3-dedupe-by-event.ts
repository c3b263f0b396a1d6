import { defineMutant } from './define.ts'
import { grantUnlessSeen } from './support/grants.ts'
import { onClaim } from './support/story.ts'

export const b3 = defineMutant({
  id: 'B3',
  defect: 'B3',
  summary: 'it is the event that is granted once, not the payment',
  seen: 'card packs: four types mean captured, each with its own id',
  async apply(target) {
    onClaim(target, (_tx, _incoming, isNew) => isNew)
    await grantUnlessSeen(target, () => false)
  },
})
