import { defineMutant } from './define.ts'

export const d2 = defineMutant({
  id: 'D2',
  defect: 'D2',
  summary: 'the amount that was paid is not compared',
  apply({ parts }) {
    parts.isPriceOf = (item, { currency }) => currency === item.currency
  },
})
