import { defineMutant } from './define.ts'

export const e4 = defineMutant({
  id: 'E4',
  defect: 'E4',
  summary: 'a refund takes back all that its buyer ever bought',
  apply({ parts }) {
    const { setCards } = parts
    parts.setCards = async (tx, payment, state) => {
      const changed = await setCards(tx, payment, state)
      if (state === 'revoked')
        await tx.query(
          `update cards set state = 'revoked' where user_id in (select user_id from cards where payment_id = $1)`,
          [payment],
        )
      return changed
    }
  },
})
