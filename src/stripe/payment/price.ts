import { checkIntervals } from '../billing/interval-count.ts'
import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import type { Given, Stored } from '../wire.ts'
import { readCurrency } from './money.ts'

export type Price = Stored<'price'>

/** Parameters that describe a price, in `POST /v1/prices` or inline as `price_data`. */
export interface PriceInput {
  currency: string
  unit_amount?: number | null | undefined
  unit_amount_decimal?: string | null | undefined
  recurring?: Given<Price['recurring']> | undefined
  product?: string | undefined
  product_data?: { name: string; description?: string | undefined } | object | undefined
  billing_scheme?: string | undefined
  custom_unit_amount?: object | undefined
  tiers?: readonly object[] | undefined
  [field: string]: unknown
}

/** The fields of a price that its parameters decide. Rules: docs.stripe.com/api/prices/create. */
export function priceFields(ctx: Context, input: PriceInput): Given<Price> {
  const currency = readCurrency(input.currency)
  const { recurring } = input
  return {
    active: true,
    billing_scheme: (input.billing_scheme ?? 'per_unit') as Price['billing_scheme'],
    currency,
    custom_unit_amount: null,
    lookup_key: null,
    nickname: null,
    product: productFor(ctx, input),
    recurring: recurring
      ? {
          interval: recurring.interval,
          interval_count: checkIntervals(
            recurring.interval ?? 'month',
            recurring.interval_count ?? 1,
            'recurring[interval_count]',
          ),
          meter: recurring.meter ?? null,
          trial_period_days: recurring.trial_period_days ?? null,
          usage_type: recurring.usage_type ?? 'licensed',
        }
      : null,
    tax_behavior: (input.tax_behavior as Price['tax_behavior'] | undefined) ?? 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: recurring ? 'recurring' : 'one_time',
    ...amountFields(input),
  }
}

/** Stores a price that came with something else: a product, a line item. */
export function makePrice(ctx: Context, input: PriceInput): Price {
  const price = ctx.tables.price.create({ metadata: {}, ...priceFields(ctx, input) })
  ctx.emit('price.created', price)
  return price
}

/** `unit_amount` is an integer; `unit_amount_decimal` has up to 12 decimals, and both say the same where both can. */
function amountFields(input: PriceInput): Given<Price> {
  const { unit_amount, unit_amount_decimal } = input
  if (unit_amount != null && unit_amount_decimal != null)
    throw stripeError(
      400,
      'parameters_exclusive',
      'You may only specify one of these parameters: unit_amount, unit_amount_decimal.',
    )
  if (input.billing_scheme === 'tiered' || input.tiers || input.custom_unit_amount)
    return { unit_amount: null, unit_amount_decimal: null }
  if (unit_amount != null) {
    if (unit_amount < 0)
      throw stripeError(
        400,
        'parameter_invalid_integer',
        'This value must be greater than or equal to 0.',
        'unit_amount',
      )
    return { unit_amount, unit_amount_decimal: String(unit_amount) }
  }
  if (unit_amount_decimal == null)
    throw stripeError(
      400,
      undefined,
      'You must specify either `unit_amount` or `unit_amount_decimal` when `billing_scheme=per_unit`.',
    )
  if (!/^\d{1,12}(\.\d{1,12})?$/.test(unit_amount_decimal))
    throw stripeError(
      400,
      'parameter_invalid_decimal',
      `Invalid decimal: ${unit_amount_decimal}; must contain at maximum 12 decimal places.`,
      'unit_amount_decimal',
    )
  const decimal = unit_amount_decimal.includes('.') ? unit_amount_decimal.replace(/\.?0+$/, '') : unit_amount_decimal
  return { unit_amount: decimal.includes('.') ? null : Number(decimal), unit_amount_decimal: decimal }
}

function productFor(ctx: Context, input: PriceInput): string {
  if (input.product && input.product_data)
    throw stripeError(
      400,
      'parameters_exclusive',
      'You may only specify one of these parameters: product, product_data.',
    )
  if (input.product) return ctx.tables.product.need(input.product, 'product').id
  if (!input.product_data)
    throw stripeError(
      400,
      'parameter_missing',
      'One of the following params should be provided for this request: product or product_data.',
    )
  const product = ctx.tables.product.create({
    active: true,
    default_price: null,
    images: [],
    marketing_features: [],
    metadata: {},
    type: 'service',
    updated: ctx.now,
    ...input.product_data,
  })
  ctx.emit('product.created', product)
  return product.id
}
