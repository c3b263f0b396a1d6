import { defineMutant } from './define.ts'

export const p14 = defineMutant({
  id: 'P14',
  defect: 'P14',
  summary: 'when the provider does not answer, its catalogue is taken for empty',

  apply({ backend }) {
    const { stripeApi, database } = backend
    if (!stripeApi) return
    const { fetchProducts } = stripeApi
    stripeApi.fetchProducts = async (only) => {
      try {
        return await fetchProducts(only)
      } catch {
        await database.query('update products set is_active = false')
        return []
      }
    }
  },
})
