import { defineMutant } from './define.ts'
import { grantUnlessSeen } from './support/grants.ts'
import { beforeWork, onClaim, story } from './support/story.ts'

export const b5 = defineMutant({
  id: 'B5',
  defect: ['B5', 'B4', 'B3', 'E9'],
  summary: 'events are taken once, and two events of one payment at the same time both grant',
  async apply(target) {
    const { database } = target.backend
    beforeWork(target, async ({ payment }, mine) => {
      const found = await database.query('select 1 from purchases where payment_id = $1', [payment])
      mine.isFresh = found.rows.length === 0
    })
    onClaim(target, (_tx, _incoming, isNew) => isNew)
    await grantUnlessSeen(target, () => story().isFresh === false)
  },
})
