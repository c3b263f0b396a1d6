import type { Queryable } from '../db/database.ts'
import type { Parts } from '../parts.ts'
import type { Backend } from '../settings.ts'
import type { ProductRow, ProviderPrice, ProviderProduct } from './read.ts'

export interface SyncReport {
  synced: string[]
  refused: { id: string; reason: string }[]
}

interface Context {
  backend: Backend
  parts: Parts
}

/**
 * Takes over the provider's products, one way: nothing is ever written there. One that cannot be taken is reported and leaves what is kept of
 * it as it was, and so does a provider that does not answer (which is thrown). `only` names one product.
 */
export async function syncProducts(context: Context, only?: string): Promise<SyncReport> {
  const { stripeApi } = context.backend
  if (!stripeApi) throw new Error('no payment provider is configured')
  const products = await stripeApi.fetchProducts(only)
  const report: SyncReport = { synced: [], refused: [] }
  for (const product of products) {
    const prices = product.deleted ? [] : await stripeApi.fetchPrices(product.id)
    const reason = await context.parts.takeProduct(context, product, prices)
    if (reason === undefined) report.synced.push(product.id)
    else report.refused.push({ id: product.id, reason })
  }
  return report
}

/** Why a product could not be taken, or undefined where it was. */
export async function takeProduct(
  { backend, parts }: Context,
  product: ProviderProduct,
  prices: readonly ProviderPrice[],
): Promise<string | undefined> {
  const { database, clock } = backend
  if (product.deleted || product.active === false)
    await database.query('update products set is_active = false where stripe_id = $1', [product.id])
  if (product.deleted) return undefined
  const row = parts.readProduct(product, prices)
  if ('refused' in row) return row.refused
  await saveProduct(database, row, new Date(clock.now()).toISOString())
  return undefined
}

export async function saveProduct(database: Queryable, row: ProductRow, at: string): Promise<void> {
  await database.query(
    `insert into products (stripe_id, name, description, is_active, amount, currency, interval, credit_amount, display_order, stripe_price_id, synced_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, coalesce($9, 0), $10, $11)
     on conflict (stripe_id) do update set name = excluded.name, description = excluded.description, is_active = excluded.is_active,
       amount = excluded.amount, currency = excluded.currency, interval = excluded.interval, credit_amount = excluded.credit_amount,
       display_order = coalesce($9, products.display_order), stripe_price_id = excluded.stripe_price_id, synced_at = excluded.synced_at`,
    [
      row.id,
      row.name,
      row.description,
      row.isActive,
      row.amount,
      row.currency,
      row.interval,
      row.credits,
      row.displayOrder ?? null,
      row.priceId,
      at,
    ],
  )
}
