import { defineMutant } from './define.ts'

export const d4 = defineMutant({
  id: 'D4',
  defect: 'D4',
  summary: 'every pack has five cards',
  apply({ parts }) {
    const { grantCards } = parts
    parts.grantCards = (tx, { item, ...grant }, at) => grantCards(tx, { ...grant, item: { ...item, cards: 5 } }, at)
  },
})
