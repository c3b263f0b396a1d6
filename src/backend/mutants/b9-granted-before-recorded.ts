import { itemOf } from '../catalogue.ts'
import { defineMutant } from './define.ts'
import { insertCards } from './support/grants.ts'
import { beforeWork } from './support/story.ts'

export const b9 = defineMutant({
  id: 'B9',
  defect: 'B9',
  summary: 'cards are given in a step of its own, a moment before the purchase is recorded',
  async apply(target) {
    const { database } = target.backend
    await database.query('alter table cards drop constraint if exists cards_payment_id_position_key')
    beforeWork(target, async ({ type, payment, object }) => {
      const metadata = object?.metadata as { user?: string; pack?: string } | undefined
      const item = itemOf('pack', metadata?.pack)
      if (type !== 'payment_intent.succeeded' || !metadata?.user || !item) return
      const known = await database.query('select 1 from purchases where payment_id = $1', [payment])
      if (known.rows.length > 0) return
      await insertCards(database, { payment, user: metadata.user, item }, new Date().toISOString())
      await new Promise((done) => setTimeout(done, 30))
    })
    target.parts.grantCards = async (tx, grant, at) => {
      const given = await tx.query('select 1 from cards where payment_id = $1 limit 1', [grant.payment])
      return given.rows.length > 0 ? 0 : insertCards(tx, grant, at)
    }
  },
})
