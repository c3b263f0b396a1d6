/** A product and its prices as Stripe tells them, as far as they are looked at. */
export interface ProviderProduct {
  id: string
  name?: string
  description?: string | null
  active?: boolean
  deleted?: boolean
  default_price?: string | { id?: string } | null
  metadata?: Record<string, string>
}

export interface ProviderPrice {
  id: string
  active?: boolean
  currency?: string
  unit_amount?: number | null
  recurring?: { interval?: string } | null
}

/** What is sold: the amount in the currency's own minor unit. */
export interface ProductRow {
  id: string
  name: string
  description: string | null
  isActive: boolean
  amount: number
  currency: string
  interval: string
  credits: number
  /** Absent: what is kept here stays. */
  displayOrder?: number
  priceId: string
}

/** The row of a product, or why it cannot be sold as it is: nothing is made up for what the provider does not say. */
export function readProduct(
  product: ProviderProduct,
  prices: readonly ProviderPrice[],
): ProductRow | { refused: string } {
  const { metadata = {}, name = '' } = product
  if (!/^[1-9]\d{0,8}$/.test(metadata.credit_amount ?? ''))
    return {
      refused:
        metadata.credit_amount === undefined ? 'credit_amount is missing' : 'credit_amount is no positive whole number',
    }
  const chosen = typeof product.default_price === 'string' ? product.default_price : product.default_price?.id
  const price = prices.find(({ id }) => id === chosen) ?? prices.find(({ active }) => active !== false)
  if (!price) return { refused: 'there is no price' }
  if (typeof price.unit_amount !== 'number' || !price.currency) return { refused: 'the price is no single amount' }
  const order = metadata.display_order ?? ''
  return {
    id: product.id,
    name,
    description: product.description ?? null,
    isActive: product.active !== false && product.deleted !== true,
    amount: price.unit_amount,
    currency: price.currency,
    interval: price.recurring?.interval ?? 'one-time',
    credits: Number(metadata.credit_amount),
    ...(/^-?\d{1,6}$/.test(order) && { displayOrder: Number(order) }),
    priceId: price.id,
  }
}
