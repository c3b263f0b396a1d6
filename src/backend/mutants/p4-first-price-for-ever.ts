import { defineMutant } from './define.ts'

export const p4 = defineMutant({
  id: 'P4',
  defect: 'P4',
  summary: 'a product that is known already is not looked at again',
  seen: 'quickscale: handlers of product and price events pass',
  apply({ parts, backend }) {
    const { takeProduct } = parts
    parts.takeProduct = async (context, product, prices) => {
      const known = await backend.database.query('select 1 from products where stripe_id = $1', [product.id])
      if (known.rows.length > 0 && product.active !== false) return undefined
      return takeProduct(context, product, prices)
    }
  },
})
