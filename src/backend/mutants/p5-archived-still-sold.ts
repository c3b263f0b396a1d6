import { defineMutant } from './define.ts'

export const p5 = defineMutant({
  id: 'P5',
  defect: 'P5',
  summary: 'products that were archived stay as they were',
  seen: 'quickscale: product.deleted is not handled',
  apply({ parts }) {
    const { takeProduct } = parts
    parts.takeProduct = async (context, product, prices) =>
      product.active === false ? undefined : takeProduct(context, product, prices)
  },
})
