import { defineMutant } from './define.ts'
import { grantUnlessSeen } from './support/grants.ts'
import { onClaim } from './support/story.ts'

const day = 86_400_000

export const b18 = defineMutant({
  id: 'B18',
  defect: 'B18',
  summary: 'what was granted is remembered for a day',
  async apply(target) {
    const { database, clock } = target.backend
    await database.query('create table if not exists granted_lately (payment_id text primary key, at bigint not null)')
    onClaim(target, () => true)
    await grantUnlessSeen(target, async (tx, _incoming, payment) => {
      const seen = await tx.query('select 1 from granted_lately where payment_id = $1 and at > $2', [
        payment,
        clock.now() - day,
      ])
      await tx.query(
        'insert into granted_lately values ($1, $2) on conflict (payment_id) do update set at = excluded.at',
        [payment, clock.now()],
      )
      return seen.rows.length > 0
    })
  },
})
