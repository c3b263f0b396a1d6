import { defineMutant } from './define.ts'
import { grantUnlessSeen } from './support/grants.ts'
import { beforeWork, onClaim, story } from './support/story.ts'

export const b4 = defineMutant({
  id: 'B4',
  defect: 'B4',
  summary: 'looks for the payment, then grants, with nothing between that would stop a second',
  seen: 'card packs: get_by_payment_id, then create',
  async apply(target) {
    const { database } = target.backend
    beforeWork(target, async ({ payment }, mine) => {
      const found = await database.query('select 1 from purchases where payment_id = $1', [payment])
      mine.isFresh = found.rows.length === 0
    })
    onClaim(target, () => true)
    await grantUnlessSeen(target, () => story().isFresh === false)
  },
})
