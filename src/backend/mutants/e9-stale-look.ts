import { defineMutant } from './define.ts'
import { beforeWork, onClaim, story } from './support/story.ts'

export const e9 = defineMutant({
  id: 'E9',
  defect: 'E9',
  summary: 'whether a payment was refunded is looked up before its capture is worked through, and may be old by then',
  apply(target) {
    const { database } = target.backend
    const { setCards } = target.parts
    beforeWork(target, async ({ payment }, mine) => {
      const found = await database.query('select 1 from payments where payment_id = $1', [payment])
      mine.isFresh = found.rows.length === 0
    })
    onClaim(target, (_tx, _incoming, isNew) => isNew)
    target.parts.setCards = (tx, payment, state) => {
      const { isFresh, incoming } = story()
      const isCapture = incoming?.facts.some(({ kind }) => kind === 'captured') ?? false
      return setCards(tx, payment, isFresh && isCapture ? 'active' : state)
    }
  },
})
