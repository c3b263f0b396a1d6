import type { PriceTerms } from '../billing/pricing.ts'
import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { type DiscountInput, makeDiscounts } from '../invoicing/discount.ts'
import { taxRates } from '../invoicing/tax.ts'
import { makePrice, type PriceInput } from '../payment/price.ts'
import type { Given, Stored } from '../wire.ts'
import type { Item, Price } from './record.ts'
import { readUsageThreshold } from './threshold.ts'

/** An item as parameters describe it. */
export interface ItemInput {
  billing_thresholds?: { usage_gte: number } | null | undefined
  id?: string | undefined
  /** The id that a new item will have. */
  newId?: string | undefined
  deleted?: boolean | undefined
  discounts?: readonly DiscountInput[] | null | undefined
  metadata?: Record<string, string> | null | undefined
  plan?: string | undefined
  price?: string | undefined
  price_data?: PriceInput | undefined
  quantity?: number | undefined
  tax_rates?: readonly string[] | null | undefined
}

export const maximumItems = 20

/** The recurring price of an item's parameters; undefined where none is named. `param` is `items[0]`. */
export function readPrice(ctx: Context, input: ItemInput, param: string): Price | undefined {
  if (input.price_data) return makePrice(ctx, { tax_behavior: 'unspecified', ...input.price_data })
  const id = input.price ?? input.plan
  if (id === undefined) return undefined
  const price = ctx.tables.price.need(id, `${param}[${input.price ? 'price' : 'plan'}]`)
  if (!price.recurring)
    throw stripeError(
      400,
      undefined,
      `The price specified is set to \`type=one_time\` but this field only accepts prices with \`type=recurring\`.`,
      `${param}[price]`,
    )
  if (!price.active)
    throw stripeError(
      400,
      undefined,
      `The price specified is inactive. This field only accepts active prices.`,
      `${param}[price]`,
    )
  return price
}

export const isMetered = ({ recurring }: Price): boolean => recurring?.usage_type === 'metered'

/** Metered items have no quantity, others one unless told. */
export function readQuantity(price: Price, quantity: number | undefined, param: string): number | undefined {
  if (isMetered(price)) {
    if (quantity === undefined) return undefined
    throw stripeError(
      400,
      undefined,
      `You cannot set the quantity of a subscription item with a metered plan: \`${price.id}\`.`,
      `${param}[quantity]`,
    )
  }
  if (quantity !== undefined && quantity < 0)
    throw stripeError(
      400,
      'parameter_invalid_integer',
      'This value must be greater than or equal to 0.',
      `${param}[quantity]`,
    )
  return quantity ?? 1
}

/** What a price costs in a currency: its own, or one of its `currency_options`. */
export function termsIn(price: Price, currency: string): PriceTerms {
  const option = price.currency === currency ? undefined : price.currency_options?.[currency]
  return option ? { ...price, ...option } : price
}

export const canCharge = (price: Price, currency: string): boolean =>
  price.currency === currency || price.currency_options?.[currency] !== undefined

/** The fields of a new item. */
export function newItem(
  ctx: Context,
  input: ItemInput,
  price: Price,
  owner: { subscription: string; customer: string; start: number; end: number },
  param: string,
): Given<Item> {
  const id = input.newId ?? ctx.newId('subscription_item')
  return {
    id,
    billing_thresholds: readUsageThreshold(input.billing_thresholds, price, param),
    created: ctx.now,
    current_period_end: owner.end,
    current_period_start: owner.start,
    discounts: makeDiscounts(
      ctx,
      input.discounts,
      { customer: owner.customer, subscription: owner.subscription, subscription_item: id },
      `${param}[discounts]`,
    ),
    metadata: input.metadata ?? {},
    plan: planOf(price),
    price,
    quantity: readQuantity(price, input.quantity, param),
    subscription: owner.subscription,
    tax_rates: taxRates(ctx, input.tax_rates, `${param}[tax_rates]`),
  }
}

/** The older form of a recurring price. */
export function planOf(price: Price): Given<Stored<'plan'>> {
  const { recurring } = price
  return {
    id: price.id,
    object: 'plan',
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: price.billing_scheme,
    created: price.created,
    currency: price.currency,
    interval: recurring?.interval,
    interval_count: recurring?.interval_count ?? 1,
    livemode: false,
    metadata: price.metadata,
    meter: recurring?.meter ?? null,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: price.tiers_mode,
    transform_usage: price.transform_quantity,
    trial_period_days: recurring?.trial_period_days ?? null,
    usage_type: recurring?.usage_type,
  }
}
