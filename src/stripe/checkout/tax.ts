import { type LineTax, taxLine } from '../billing/tax.ts'
import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { termsOfRates } from '../invoicing/tax.ts'
import { type AutomaticTax, automaticTaxAt, automaticTaxOf, automaticTerms } from '../tax/automatic.ts'
import { placeIn, taxLocationOf } from '../tax/location.ts'
import { needHeadOffice } from '../tax/settings.ts'
import type { Given, Stored } from '../wire.ts'
import type { LineItem } from './line-items.ts'
import { dataOf, type Session } from './session.ts'

/** What the address in a session, or its customer's, means for its tax; undefined until it is known. */
export function automaticTaxFor(ctx: Context, session: Session): AutomaticTax | undefined {
  if (!session.automatic_tax.enabled) return undefined
  const currency = session.currency ?? 'usd'
  const typed = placeIn(session.customer_details?.address)
  const customer = ctx.tables.customer.get(session.customer ?? '')
  if (customer && (!typed || !savesAddress(ctx, session.id))) return automaticTaxOf(ctx, customer, currency)
  return typed && automaticTaxAt(ctx, typed, currency)
}

/** Whether the page has to ask where the customer is. */
export function asksAddress(ctx: Context, session: Session): boolean {
  if (session.billing_address_collection === 'required') return true
  if (!session.automatic_tax.enabled) return false
  const customer = ctx.tables.customer.get(session.customer ?? '')
  return !customer || savesAddress(ctx, session.id)
}

export const savesAddress = (ctx: Context, session: string): boolean =>
  dataOf(ctx, session).customer_update?.address === 'auto'

/** Refuses automatic tax for a customer whose address is not known and will not be asked for. */
export function checkSessionTax(
  ctx: Context,
  params: { automatic_tax?: { enabled: boolean } | undefined; customer_update?: object | undefined },
  customer: Stored<'customer'> | undefined,
): void {
  if (!params.automatic_tax?.enabled) return
  needHeadOffice(ctx)
  const updates = (params.customer_update ?? {}) as { address?: string; shipping?: string }
  if (!customer || updates.address === 'auto' || updates.shipping === 'auto' || taxLocationOf(ctx, customer)) return
  throw stripeError(
    400,
    'customer_tax_location_invalid',
    "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address to the Customer or set either `customer_update[address]` to 'auto' or `customer_update[shipping]` to 'auto' to save the address entered in Checkout to the Customer.",
    'customer_update',
  )
}

/** A line with its tax, after its discount. */
export function withTax(ctx: Context, item: LineItem, session: Session, automatic: AutomaticTax | undefined): LineItem {
  const { amount_discount, amount_subtotal, price } = item
  const line = { price: price?.id, product: price?.product }
  const rates = ratesOf(ctx, session.id, item.id)
  const terms = automatic ? automaticTerms(ctx, automatic, line) : termsOfRates(ctx, rates, null)
  const taxes = taxLine(amount_subtotal - amount_discount, terms)
  const sum = (all: readonly LineTax[]): number => all.reduce((total, { amount }) => total + amount, 0)
  return {
    ...item,
    amount_tax: sum(taxes),
    amount_total: amount_subtotal - amount_discount + sum(taxes.filter(({ inclusive }) => !inclusive)),
    taxes: taxes.map(({ amount, reason, tax_rate, taxable_amount }) => ({
      amount,
      rate: ctx.tables.tax_rate.need(tax_rate),
      taxability_reason: reason === 'not_available' ? null : reason,
      taxable_amount,
    })),
  } as LineItem
}

/** The rates that were given by hand for a line, or for the subscription. */
function ratesOf(ctx: Context, session: string, item: string): readonly string[] {
  const { subscription_data, tax_rates } = dataOf(ctx, session)
  return tax_rates?.[item] ?? (subscription_data?.default_tax_rates as readonly string[] | undefined) ?? []
}

/** Whether a session has anything to do with tax. */
export const isTaxed = (ctx: Context, { automatic_tax, id, mode }: Session): boolean => {
  const { subscription_data, tax_rates = {} } = dataOf(ctx, id)
  const hasRates = Object.keys(tax_rates).length > 0 || subscription_data?.default_tax_rates !== undefined
  return mode !== 'setup' && (automatic_tax.enabled || hasRates)
}

/** `automatic_tax` of a session. */
export const sessionTax = (enabled: boolean, automatic: AutomaticTax | undefined): Given<Session>['automatic_tax'] => ({
  enabled,
  liability: enabled ? { type: 'self' } : null,
  provider: enabled ? 'stripe' : null,
  status: enabled ? (automatic ? 'complete' : 'requires_location_inputs') : null,
})
