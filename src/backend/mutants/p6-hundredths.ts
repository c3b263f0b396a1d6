import { defineMutant } from './define.ts'

export const p6 = defineMutant({
  id: 'P6',
  defect: 'P6',
  summary: 'every amount is taken for hundredths',
  seen: 'quickscale: amounts divided by 100',
  apply({ parts }) {
    const { readProduct } = parts
    parts.readProduct = (product, prices) => {
      const row = readProduct(product, prices)
      return 'refused' in row || row.currency === 'usd' ? row : { ...row, amount: Math.round(row.amount / 100) }
    }
  },
})
