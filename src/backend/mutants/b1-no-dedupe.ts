import { defineMutant } from './define.ts'
import { grantUnlessSeen } from './support/grants.ts'
import { onClaim } from './support/story.ts'

export const b1 = defineMutant({
  id: 'B1',
  defect: 'B1',
  summary: 'every delivery grants',
  seen: 'card packs: grants on every delivery',
  async apply(target) {
    onClaim(target, () => true)
    await grantUnlessSeen(target, () => false)
  },
})
