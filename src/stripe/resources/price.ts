import { type Context, defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { priceFields } from '../payment/price.ts'

/** Rules: docs.stripe.com/api/prices. Amounts never change once made; a lookup key belongs to one active price at a time. */
export const prices = defineResource({
  object: 'price',
  indexes: ['product', 'lookup_key'],
  events: { create: false },

  create(ctx) {
    const { params } = ctx
    takeLookupKey(ctx, params.lookup_key, params.transfer_lookup_key, ctx.id)
    const price = ctx.save({
      ...priceFields(ctx, params),
      active: params.active ?? true,
      lookup_key: params.lookup_key ?? null,
      nickname: params.nickname ?? null,
      tiers_mode: params.tiers_mode ?? null,
      transform_quantity: params.transform_quantity ?? null,
    })
    ctx.emit('price.created', price.id)
    return price
  },

  update(ctx) {
    const { id, params } = ctx
    takeLookupKey(ctx, params.lookup_key, params.transfer_lookup_key, id)
    return undefined
  },
})

function takeLookupKey(ctx: Context, key: string | null | undefined, transfer: boolean | undefined, id: string): void {
  if (!key) return
  const holder = ctx.tables.price.by('lookup_key', key).find((price) => price.id !== id)
  if (!holder) return
  if (!transfer)
    throw stripeError(
      400,
      undefined,
      `A price (\`${holder.id}\`) already uses that lookup key. Pass \`transfer_lookup_key=true\` to transfer it.`,
      'lookup_key',
    )
  const released = ctx.tables.price.patch(holder.id, { lookup_key: null })
  ctx.emit('price.updated', released, { lookup_key: key })
}
