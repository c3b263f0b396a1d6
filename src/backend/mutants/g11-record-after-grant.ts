import { defineMutant } from './define.ts'
import { grantUnlessSeen } from './support/grants.ts'
import { beforeWork, onClaim, story } from './support/story.ts'

export const g11 = defineMutant({
  id: 'G11',
  defect: 'G11',
  summary: 'an event counts as done once the copy of its record is written, which comes after the grant',
  seen: 'card packs: the record comes after the grant',
  async apply(target) {
    const { backend } = target
    const done = new Set<string>()
    beforeWork(target, ({ id }, mine) => {
      mine.isFresh = !done.has(id)
    })
    onClaim(target, () => true)
    const { transaction } = backend.database
    await grantUnlessSeen(target, () => story().isFresh === false)
    backend.database = {
      ...backend.database,
      async transaction(work) {
        const result = await transaction(work)
        const { incoming } = story()
        if (incoming) {
          await backend.auditCopy?.update(backend.database)
          done.add(incoming.id)
        }
        return result
      },
    }
  },
})
