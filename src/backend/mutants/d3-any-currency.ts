import { defineMutant } from './define.ts'

export const d3 = defineMutant({
  id: 'D3',
  defect: 'D3',
  summary: 'the currency that was paid is not compared',
  apply({ parts }) {
    parts.isPriceOf = (item, { amount }) => amount === item.amount
  },
})
