import { defineMutant } from './define.ts'
import { grantUnlessSeen } from './support/grants.ts'
import { onClaim } from './support/story.ts'

export const b2 = defineMutant({
  id: 'B2',
  defect: ['B2', 'B19'],
  summary: 'what was granted is remembered in memory only',
  seen: 'card packs: Purchase._storage = {}',
  async apply(target) {
    const granted = new Set<string>()
    onClaim(target, () => true)
    await grantUnlessSeen(target, (_tx, _incoming, payment) => {
      const isSeen = granted.has(payment)
      granted.add(payment)
      return isSeen
    })
  },
})
