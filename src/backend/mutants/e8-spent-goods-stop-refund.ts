import { defineMutant } from './define.ts'

export const e8 = defineMutant({
  id: 'E8',
  defect: 'E8',
  summary: 'where some of the cards are used up, a refund takes none back',
  apply({ parts }) {
    const { setCards } = parts
    parts.setCards = async (tx, payment, state) => {
      const spent = await tx.query("select 1 from cards where payment_id = $1 and state = 'spent'", [payment])
      return spent.rows.length > 0 ? 0 : setCards(tx, payment, state)
    }
  },
})
