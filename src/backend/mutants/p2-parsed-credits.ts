import { defineMutant } from './define.ts'

export const p2 = defineMutant({
  id: 'P2',
  defect: 'P2',
  summary: 'what a product gives is read as far as it is a number',

  apply({ parts }) {
    const { readProduct } = parts
    parts.readProduct = (product, prices) => {
      const credits = Math.abs(Number.parseInt(product.metadata?.credit_amount ?? '', 10)) || 1
      return readProduct(
        { ...product, metadata: { ...product.metadata, credit_amount: String(Math.min(credits, 999_999)) } },
        prices,
      )
    }
  },
})
