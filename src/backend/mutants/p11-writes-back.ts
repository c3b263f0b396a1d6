import { defineMutant } from './define.ts'
import { callProvider } from './support/raw-provider.ts'

export const p11 = defineMutant({
  id: 'P11',
  defect: 'P11',
  summary: 'products that were taken over are marked so at the provider',
  apply(target) {
    const { takeProduct } = target.parts
    target.parts.takeProduct = async (context, product, prices) => {
      await callProvider(target, `/v1/products/${product.id}`, { 'metadata[synced]': 'true' })
      return takeProduct(context, product, prices)
    }
  },
})
