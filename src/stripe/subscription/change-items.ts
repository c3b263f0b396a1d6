import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { makeDiscounts } from '../invoicing/discount.ts'
import { taxRates } from '../invoicing/tax.ts'
import type { Given } from '../wire.ts'
import { type ItemInput, isMetered, newItem, planOf, readPrice, readQuantity } from './item.ts'
import { creditUnused, debitRest } from './proration.ts'
import { type Item, itemsOf, type Price, type Subscription } from './record.ts'
import { needCurrency, needDistinct, needSameInterval } from './rules.ts'
import { currentPeriod } from './schedule-of.ts'
import { readUsageThreshold } from './threshold.ts'

/** What an update does to one item. */
export interface ItemChange {
  kind: 'add' | 'change' | 'remove'
  item?: Item
  input: ItemInput
  price: Price
  param: string
  /** Whether it costs something else from now on. */
  isRepriced: boolean
}

/** Reads the `items` of an update; nothing is stored yet. */
export function readChanges(ctx: Context, subscription: Subscription, inputs: readonly ItemInput[]): ItemChange[] {
  const items = itemsOf(ctx, subscription.id)
  const changes = inputs.map((input, index) => readChange(ctx, subscription, items, input, `items[${index}]`))
  const left = [
    ...items.filter(({ id }) => !changes.some(({ item }) => item?.id === id)).map(({ price }) => price),
    ...changes.filter(({ kind }) => kind !== 'remove').map(({ price }) => price),
  ]
  if (left.length === 0)
    throw stripeError(
      400,
      undefined,
      `A subscription must have at least one active plan. To cancel, use the subscription API's delete endpoint.`,
      'items',
    )
  needDistinct(left)
  if (subscription.billing_mode.type !== 'flexible') needSameInterval(left)
  return changes
}

function readChange(
  ctx: Context,
  subscription: Subscription,
  items: readonly Item[],
  input: ItemInput,
  param: string,
): ItemChange {
  const given = readPrice(ctx, input, param)
  if (given) needCurrency(given, subscription.currency, `${param}[price]`)
  if (!input.id) {
    if (!given)
      throw stripeError(400, 'parameter_missing', `Missing required param: ${param}[price].`, `${param}[price]`)
    readQuantity(given, input.quantity, param)
    return { kind: 'add', input, price: given, param, isRepriced: true }
  }
  const item = items.find(({ id }) => id === input.id)
  if (!item) throw stripeError(400, 'resource_missing', `No such subscription item: '${input.id}'`, `${param}[id]`)
  const price = given ?? item.price
  if (input.deleted) return { kind: 'remove', item, input, price, param, isRepriced: true }
  if (input.quantity !== undefined) readQuantity(price, input.quantity, param)
  const isRepriced = price.id !== item.price.id || (input.quantity !== undefined && input.quantity !== item.quantity)
  return { kind: 'change', item, input, price, param, isRepriced }
}

/** Whether the change gives an item another rhythm: then all periods begin anew. */
export const changesRhythm = ({ item, price, kind }: ItemChange): boolean =>
  kind === 'change' &&
  item !== undefined &&
  (item.price.recurring?.interval !== price.recurring?.interval ||
    item.price.recurring?.interval_count !== price.recurring?.interval_count)

/** Makes the changes, with credits and debits from `at` on where they are wanted. */
export function applyChanges(
  ctx: Context,
  subscription: Subscription,
  changes: readonly ItemChange[],
  { at, prorates, renewsNow }: { at: number; prorates: boolean; renewsNow: boolean },
): void {
  for (const change of changes) {
    const { item, isRepriced } = change
    if (item && isRepriced && prorates) creditUnused(ctx, subscription, item, at)
    if (change.kind === 'remove') {
      ctx.tables.subscription_item.remove(item!.id)
      continue
    }
    const made = item ? changeItem(ctx, subscription, item, change) : addItem(ctx, subscription, change, renewsNow)
    const period = { start: made.current_period_start, end: made.current_period_end }
    if (isRepriced && prorates) debitRest(ctx, subscription, made, wholePeriod(subscription, made, period, at), at)
  }
}

/** An added item's first period is cut off; its price is for the whole of it. */
const wholePeriod = (
  subscription: Subscription,
  item: Item,
  period: { start: number; end: number },
  at: number,
): { start: number; end: number } => {
  const { whole } = currentPeriod(subscription.billing_cycle_anchor, item.price, Math.max(at, period.start))
  return whole.end === period.end ? whole : period
}

function changeItem(ctx: Context, subscription: Subscription, item: Item, { input, price, param }: ItemChange): Item {
  const fields: Given<Item> = { price, plan: planOf(price) }
  if (input.quantity !== undefined) fields.quantity = input.quantity
  if (input.billing_thresholds !== undefined)
    fields.billing_thresholds = readUsageThreshold(input.billing_thresholds, price, param)
  if (input.metadata) fields.metadata = merge(item.metadata, input.metadata)
  if (input.tax_rates !== undefined) fields.tax_rates = taxRates(ctx, input.tax_rates, `${param}[tax_rates]`)
  if (input.discounts !== undefined)
    fields.discounts = makeDiscounts(
      ctx,
      input.discounts,
      { customer: subscription.customer, subscription: subscription.id, subscription_item: item.id },
      `${param}[discounts]`,
    )
  const changed = ctx.tables.subscription_item.patch(item.id, fields)
  if (!isMetered(price))
    return changed.quantity === undefined ? ctx.tables.subscription_item.patch(item.id, { quantity: 1 }) : changed
  const { quantity: _, ...rest } = changed
  ctx.tables.subscription_item.remove(item.id)
  return ctx.tables.subscription_item.create(rest)
}

function merge(current: Record<string, string>, given: Record<string, string>): Record<string, string> {
  const merged = { ...current, ...given }
  for (const [key, value] of Object.entries(given)) if (value === '') delete merged[key]
  return merged
}

function addItem(
  ctx: Context,
  subscription: Subscription,
  { input, price, param }: ItemChange,
  renewsNow: boolean,
): Item {
  const { billing_cycle_anchor, customer, id, status, trial_end } = subscription
  const { period } = currentPeriod(billing_cycle_anchor, price, ctx.now)
  const regular = status === 'trialing' && trial_end !== null ? trial_end : period.end
  const end = renewsNow ? ctx.now : regular
  return ctx.tables.subscription_item.create(
    newItem(ctx, input, price, { customer, start: ctx.now, end, subscription: id }, param),
  )
}
