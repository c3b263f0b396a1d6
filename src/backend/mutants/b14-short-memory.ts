import { defineMutant } from './define.ts'
import { grantUnlessSeen } from './support/grants.ts'
import { beforeWork, onClaim, story } from './support/story.ts'

export const b14 = defineMutant({
  id: 'B14',
  defect: ['B14', 'B2', 'B3'],
  summary: 'only the last thousand events are remembered',
  async apply(target) {
    const seen: string[] = []
    onClaim(target, () => true)
    beforeWork(target, ({ id }, mine) => {
      mine.isFresh = !seen.includes(id)
      seen.push(id)
      if (seen.length > 1000) seen.shift()
    })
    await grantUnlessSeen(target, () => story().isFresh === false)
  },
})
