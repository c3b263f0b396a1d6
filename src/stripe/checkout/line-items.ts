import type { AccountView, Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { rateIds, taxRates } from '../invoicing/tax.ts'
import { makePrice, type PriceInput } from '../payment/price.ts'
import type { Stored } from '../wire.ts'

export type LineItem = Stored<'item'>
type Price = Stored<'price'>

export interface LineItemInput {
  price?: string | undefined
  price_data?: object | undefined
  quantity?: number | undefined
  metadata?: Record<string, string> | null | undefined
  tax_rates?: readonly string[] | null | undefined
  adjustable_quantity?: { enabled: boolean; maximum?: number; minimum?: number } | undefined
}

/** The priced items of a session, in the order given. Rules: docs.stripe.com/api/checkout/sessions/create#create_checkout_session-line_items. */
export function makeLineItems(ctx: Context, inputs: readonly LineItemInput[], mode: string): LineItem[] {
  const items = inputs.map((input, index) => makeLineItem(ctx, input, `line_items[${index}]`))
  const recurring = items.filter((item) => item.price?.recurring)
  if (mode === 'payment' && recurring.length > 0)
    throw stripeError(
      400,
      undefined,
      'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.',
    )
  if (mode === 'subscription' && recurring.length === 0)
    throw stripeError(
      400,
      undefined,
      'You must provide at least one recurring price in `subscription` mode when using prices.',
    )
  const [first] = items
  if (items.some(({ currency }) => currency !== first?.currency))
    throw stripeError(400, undefined, 'All line items must have the same currency.', 'line_items')
  return items
}

function makeLineItem(ctx: Context, input: LineItemInput, param: string): LineItem {
  const price = priceFor(ctx, input, param)
  const metered = price.recurring?.usage_type === 'metered'
  if (input.quantity === undefined && !metered)
    throw stripeError(400, undefined, `Quantity is required. Add \`quantity\` to \`${param}\``)
  const quantity = metered ? null : (input.quantity ?? 1)
  const amount = itemAmount(price, quantity)
  const product = ctx.tables.product.get(price.product)
  return {
    id: ctx.newId('item'),
    object: 'item',
    adjustable_quantity: input.adjustable_quantity
      ? {
          enabled: input.adjustable_quantity.enabled,
          maximum: input.adjustable_quantity.maximum ?? 99,
          minimum: input.adjustable_quantity.minimum ?? 0,
        }
      : null,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: price.currency,
    description: product?.name ?? null,
    metadata: input.metadata ?? {},
    price,
    quantity,
  }
}

function priceFor(ctx: Context, { price, price_data }: LineItemInput, param: string): Price {
  if (price && price_data)
    throw stripeError(
      400,
      'parameters_exclusive',
      `You may only specify one of these parameters: ${param}[price], ${param}[price_data].`,
    )
  if (price_data) return makePrice(ctx, price_data as PriceInput)
  if (!price)
    throw stripeError(
      400,
      'parameter_missing',
      `You must specify either \`price\` or \`price_data\` in \`${param}\`.`,
      param,
    )
  const found = ctx.tables.price.need(price, `${param}[price]`)
  if (!found.active)
    throw stripeError(
      400,
      undefined,
      `The price specified is inactive. This field only accepts active prices.`,
      `${param}[price]`,
    )
  return found
}

/** `unit_amount_decimal` times quantity, rounded half up once at the end, in whole numbers throughout. */
export function itemAmount({ unit_amount, unit_amount_decimal }: Price, quantity: number | null): number {
  if (quantity === null) return 0
  if (unit_amount !== null) return unit_amount * quantity
  const [whole = '0', fraction = ''] = (unit_amount_decimal ?? '0').split('.')
  const scaled = BigInt(whole + fraction.padEnd(12, '0')) * BigInt(quantity)
  return Number((scaled + 500_000_000_000n) / 1_000_000_000_000n)
}

/** The rates of line items that were given some. */
export const ratesOfItems = (
  ctx: Context,
  inputs: readonly LineItemInput[],
  items: readonly LineItem[],
): Record<string, readonly string[]> =>
  Object.fromEntries(
    inputs.flatMap(({ tax_rates }, index) => {
      const rates = taxRates(ctx, tax_rates, `line_items[${index}][tax_rates]`)
      return rates.length > 0 ? [[items[index]!.id, rateIds(rates)]] : []
    }),
  )

const key = (session: string) => `line items ${session}`

export const keepLineItems = (ctx: Context, session: string, items: LineItem[]): void =>
  void ctx.account.memory.set(key(session), items)

export const lineItemsOf = (session: string, account: AccountView): LineItem[] =>
  (account.memory.get(key(session)) as LineItem[] | undefined) ?? []
