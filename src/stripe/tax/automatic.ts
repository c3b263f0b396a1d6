import type { TaxTerms } from '../billing/tax.ts'
import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import type { Given, Stored } from '../wire.ts'
import { judge, nameOf, nontaxable, type Verdict } from './calculate.ts'
import { locationUnknown, type Place, taxLocationOf } from './location.ts'
import { isInUnion } from './rates.ts'
import { needHeadOffice, taxSettingsOf } from './settings.ts'

type Customer = Stored<'customer'>

/** How a customer's invoices are taxed where Stripe finds out itself. */
export interface AutomaticTax {
  place: Place
  verdict: Verdict
  /** Of prices that do not say it. */
  inclusive: boolean
}

/** Undefined where the customer's address does not say enough. `currency` decides where the settings leave it to it. */
export function automaticTaxOf(ctx: Context, customer: Customer, currency: string): AutomaticTax | undefined {
  const location = taxLocationOf(ctx, customer)
  if (!location) return undefined
  const { place } = location
  return automaticTaxAt(ctx, place, currency, overrideOf(ctx, customer, place))
}

/** The same for somebody at a place. */
export const automaticTaxAt = (ctx: Context, place: Place, currency: string, override = 'none'): AutomaticTax => ({
  place,
  verdict: judge(ctx, place, override),
  inclusive: isInclusive(ctx, currency),
})

/** Exempt customers pay none; a business in another country of the European Union owes it itself. */
function overrideOf(ctx: Context, customer: Customer, place: Place): string {
  if (customer.tax_exempt === 'exempt') return 'customer_exempt'
  if (customer.tax_exempt === 'reverse') return 'reverse_charge'
  const home = taxSettingsOf(ctx).head_office?.address.country ?? ''
  const isAbroad = isInUnion(place.country) && isInUnion(home) && place.country !== home
  const isBusiness = isAbroad && ctx.tables.tax_id.by('customer', customer.id).some(({ type }) => type === 'eu_vat')
  return isBusiness ? 'reverse_charge' : 'none'
}

/** Without a default, and with `inferred_by_currency`: prices in US and Canadian dollars are without tax, others with. */
function isInclusive(ctx: Context, currency: string): boolean {
  const { tax_behavior } = taxSettingsOf(ctx).defaults
  if (tax_behavior === 'inclusive' || tax_behavior === 'exclusive') return tax_behavior === 'inclusive'
  return currency !== 'usd' && currency !== 'cad'
}

/** The tax of one line, as a tax rate of Stripe's own. */
export function automaticTerms(
  ctx: Context,
  { inclusive, place, verdict: found }: AutomaticTax,
  { price, product }: { price?: string | null | undefined; product?: string | null | undefined },
): TaxTerms[] {
  const behavior = ctx.tables.price.get(price ?? '')?.tax_behavior
  const given = ctx.tables.product.get(product ?? '')?.tax_code ?? taxSettingsOf(ctx).defaults.tax_code
  const verdict: Verdict = given === nontaxable ? { reason: 'product_exempt' } : found
  const isInside = behavior === 'inclusive' || (behavior !== 'exclusive' && inclusive)
  return [
    {
      id: rateFor(ctx, place, verdict, isInside),
      inclusive: isInside,
      isTaxed: verdict.rate !== undefined,
      percentage: Number(verdict.rate?.percentage_decimal ?? 0),
      reason: verdict.reason,
    },
  ]
}

/** The tax rate that stands for a verdict; made when it is first needed, and archived like all that Stripe makes itself. */
function rateFor(ctx: Context, { country, state }: Place, { rate }: Verdict, inclusive: boolean): string {
  const percentage = Number(rate?.percentage_decimal ?? 0)
  const key = `automatic rate ${country} ${state} ${percentage} ${inclusive}`
  const known = ctx.account.memory.get(key) as string | undefined
  if (known) return known
  const { id } = ctx.tables.tax_rate.create({
    active: false,
    country,
    display_name: rate ? nameOf(rate.tax_type) : 'Tax',
    effective_percentage: percentage,
    inclusive,
    jurisdiction: state ?? country,
    jurisdiction_level: state ? 'state' : 'country',
    metadata: {},
    percentage,
    rate_type: 'percentage',
    state,
    tax_type: rate?.tax_type ?? null,
  })
  ctx.account.memory.set(key, id)
  return id
}

/** `automatic_tax` as invoices and checkout sessions show it. */
export const automaticTaxFields = (
  enabled: boolean,
  automatic: AutomaticTax | undefined,
): Given<Stored<'invoice'>>['automatic_tax'] => ({
  disabled_reason: null,
  enabled,
  liability: enabled ? { type: 'self' } : null,
  provider: enabled ? 'stripe' : null,
  status: enabled ? (automatic ? 'complete' : 'requires_location_inputs') : null,
})

/** `automatic_tax` as subscriptions show it. */
export const automaticTaxOn = (enabled: boolean): Given<Stored<'subscription'>>['automatic_tax'] => ({
  disabled_reason: null,
  enabled,
  liability: enabled ? { type: 'self' } : null,
})

/** Refuses automatic tax that cannot work: no head office, or tax rates given by hand beside it. */
export function checkAutomaticTax(
  ctx: Context,
  params: {
    automatic_tax?: { enabled: boolean } | undefined
    default_tax_rates?: readonly string[] | null | undefined
  },
): void {
  if (!params.automatic_tax?.enabled) return
  needHeadOffice(ctx)
  if (params.default_tax_rates?.length)
    throw stripeError(
      400,
      undefined,
      'You cannot set `default_tax_rates` when `automatic_tax[enabled]=true`.',
      'default_tax_rates',
    )
}

/** Refuses a customer whose location is not known. */
export function needLocation(ctx: Context, customer: Customer): void {
  if (!taxLocationOf(ctx, customer)) throw locationUnknown()
}
