import { defineMutant } from './define.ts'

export const p7 = defineMutant({
  id: 'P7',
  defect: 'P7',
  summary: 'a price without an amount costs nothing',
  seen: 'quickscale: a null unit_amount becomes 0',
  apply({ parts }) {
    const { readProduct } = parts
    parts.readProduct = (product, prices) =>
      readProduct(
        product,
        prices.map((price) => ({ ...price, unit_amount: price.unit_amount ?? 0 })),
      )
  },
})
