import type { Context } from '../define.ts'
import type { Stored } from '../wire.ts'

export type ActiveEntitlement = Stored<'entitlements.active_entitlement'>

const featuresKey = (product: string) => `features of ${product}`
const activeKey = (customer: string) => `entitlements of ${customer}`
const anyKey = 'has features'

/** Ids of the features that a product gives. */
export const featuresOf = (ctx: Context, product: string): readonly string[] =>
  (ctx.account.memory.get(featuresKey(product)) as readonly string[] | undefined) ?? []

export function setFeatures(ctx: Context, product: string, features: readonly string[]): void {
  ctx.account.memory.set(featuresKey(product), features)
  ctx.account.memory.set(anyKey, true)
}

/** What a customer may use now, as it was last told. */
export const entitlementsOf = (ctx: Context, customer: string): readonly ActiveEntitlement[] =>
  (ctx.account.memory.get(activeKey(customer)) as readonly ActiveEntitlement[] | undefined) ?? []

/**
 * Looks at a customer's subscriptions anew; where what the customer may use has changed, emits
 * `entitlements.active_entitlement_summary.updated`. Rule: docs.stripe.com/billing/entitlements.
 */
export function refreshEntitlements(ctx: Context, customer: string): void {
  if (!ctx.account.memory.has(anyKey)) return
  const before = entitlementsOf(ctx, customer)
  const wanted = wantedFeatures(ctx, customer)
  const isSame = wanted.size === before.length && before.every(({ feature }) => wanted.has(feature))
  if (isSame) return
  const after = [...wanted].map((feature) => before.find((each) => each.feature === feature) ?? grant(ctx, feature))
  for (const { feature, id } of before)
    if (!wanted.has(feature)) ctx.tables['entitlements.active_entitlement'].remove(id)
  ctx.account.memory.set(activeKey(customer), after)
  ctx.emit('entitlements.active_entitlement_summary.updated', {
    object: 'entitlements.active_entitlement_summary',
    customer,
    entitlements: listOf(after, `/v1/customer/${customer}/entitlements`),
    livemode: false,
  })
}

function wantedFeatures(ctx: Context, customer: string): Set<string> {
  const entitled = ctx.tables.subscription
    .by('customer', customer)
    .filter(({ status }) => status === 'active' || status === 'trialing' || status === 'past_due')
  const products = entitled.flatMap(({ items }) => items.data.map(({ price }) => price.product))
  return new Set(products.flatMap((product) => featuresOf(ctx, product)))
}

const grant = (ctx: Context, feature: string): ActiveEntitlement =>
  ctx.tables['entitlements.active_entitlement'].create({
    feature,
    lookup_key: ctx.tables['entitlements.feature'].need(feature).lookup_key,
  })

export const listOf = (data: readonly object[], url: string): object => ({ object: 'list', data, has_more: false, url })
