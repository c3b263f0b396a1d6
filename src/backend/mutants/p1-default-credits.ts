import { defineMutant } from './define.ts'

export const p1 = defineMutant({
  id: 'P1',
  defect: 'P1',
  summary: 'a product that does not say what it gives gives a hundred',

  apply({ parts }) {
    const { readProduct } = parts
    parts.readProduct = (product, prices) =>
      readProduct({ ...product, metadata: { credit_amount: '100', ...product.metadata } }, prices)
  },
})
