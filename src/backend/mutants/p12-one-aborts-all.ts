import { defineMutant } from './define.ts'

export const p12 = defineMutant({
  id: 'P12',
  defect: 'P12',
  summary: 'the first product that cannot be taken over ends it',

  apply({ parts }) {
    const { takeProduct } = parts
    parts.takeProduct = async (context, product, prices) => {
      const reason = await takeProduct(context, product, prices)
      if (reason !== undefined) throw new Error(reason)
      return reason
    }
  },
})
