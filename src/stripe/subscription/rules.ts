import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { canCharge } from './item.ts'
import type { Price } from './record.ts'

/** No price twice on a subscription. */
export function needDistinct(prices: readonly Price[]): void {
  const twice = prices.find((price, index) => prices.findIndex(({ id }) => id === price.id) !== index)
  if (twice)
    throw stripeError(
      400,
      undefined,
      `Cannot add multiple subscription items with the same plan: \`${twice.id}\``,
      'items',
    )
}

/** The price can be charged in the currency of the subscription. */
export function needCurrency(price: Price, currency: string, param: string): void {
  if (canCharge(price, currency)) return
  throw stripeError(
    400,
    undefined,
    `The price specified only supports \`${price.currency}\`. This doesn't match the expected currency: \`${currency}\`.`,
    param,
  )
}

/** Without flexible billing all prices have one rhythm. */
export function needSameInterval(prices: readonly Price[]): void {
  const rhythm = ({ recurring }: Price) => `${recurring?.interval_count} ${recurring?.interval}`
  if (prices.every((price) => rhythm(price) === rhythm(prices[0]!))) return
  throw stripeError(
    400,
    undefined,
    'All prices on a subscription must have the same `recurring.interval` and `recurring.interval_count`. If you meant to update an existing subscription item instead of creating a new one, make sure to include the subscription item ID in your request. See examples at https://stripe.com/docs/billing/subscriptions/upgrade-downgrade#changing.',
    'items',
  )
}

/** A payment method pays for the customer it is attached to. */
export function checkMethodOwner(ctx: Context, id: string | null | undefined, customer: string): void {
  if (!id) return
  if (ctx.tables.payment_method.get(id)?.customer === customer) return
  throw stripeError(
    400,
    'resource_missing',
    `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
    'default_payment_method',
  )
}
