import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import type { Given, Stored } from '../wire.ts'
import { isInUnion } from './rates.ts'

type TaxId = Stored<'tax_id'>

/** What Stripe's documentation gives to try: these are found in the registers of their countries, or not. */
const verdicts: Record<string, 'unverified' | 'verified'> = { '000000000': 'verified', '111111111': 'unverified' }
const verified = new Set(['au_abn', 'eu_vat', 'gb_vat'])

/** The fields of a tax id; throws `tax_id_invalid` for one that cannot be of its type. Rules: docs.stripe.com/billing/customer/tax-ids. */
export function taxIdFields(ctx: Context, type: string, given: string): Given<TaxId> {
  const value = given.trim()
  const country = countryOf(type, value)
  if (value === '' || country === undefined)
    throw stripeError(400, 'tax_id_invalid', `Invalid value for ${type}.`, 'value')
  const status = verified.has(type) ? (verdicts[value] ?? 'pending') : 'unavailable'
  return {
    country,
    created: ctx.now,
    customer: null,
    type: type as TaxId['type'],
    value,
    verification: { status, verified_address: null, verified_name: null },
  }
}

/** Undefined for a value that no country of the type has. */
function countryOf(type: string, value: string): string | null | undefined {
  if (type === 'eu_oss_vat') return null
  if (type !== 'eu_vat') return type.slice(0, 2).toUpperCase()
  if (/^([012])\1{8}$/.test(value)) return null
  const prefix = value.slice(0, 2).toUpperCase()
  const country = prefix === 'EL' ? 'GR' : prefix === 'XI' ? 'GB' : prefix
  const isKnown = country === 'GB' || isInUnion(country)
  return isKnown && /^[A-Z0-9+*]{2,13}$/i.test(value.slice(2).replace(/[ .-]/g, '')) ? country : undefined
}
