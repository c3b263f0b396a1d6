import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import type { Stored } from '../wire.ts'

export interface Place {
  /** Two capital letters. */
  country: string
  /** State or province where it matters: of the US and Canada. */
  state: string | null
}

export interface TaxLocation {
  place: Place
  source: 'billing_address' | 'payment_method' | 'shipping_destination'
}

interface Address {
  city?: string | null | undefined
  country?: string | null | undefined
  line1?: string | null | undefined
  postal_code?: string | null | undefined
  state?: string | null | undefined
}

/**
 * Where a customer is for automatic tax: the first address that is not empty, even where it says too little. Undefined where it is not
 * known. Rules: docs.stripe.com/tax/customer-locations.
 */
export function taxLocationOf(ctx: Context, customer: Stored<'customer'>): TaxLocation | undefined {
  const method = ctx.tables.payment_method.get(customer.invoice_settings.default_payment_method ?? '')
  const found = (
    [
      ['shipping_destination', customer.shipping?.address],
      ['billing_address', customer.address],
      ['payment_method', method?.billing_details.address],
    ] as const
  ).find(([, address]) => isFilled(address))
  const place = found && placeIn(found[1])
  return place && { place, source: found[0] }
}

const isFilled = (address: Address | null | undefined): boolean =>
  [address?.city, address?.country, address?.line1, address?.postal_code, address?.state].some(Boolean)

/** The country is enough, but the US want a postal code and Canada one or its province. */
export function placeIn(address: Address | null | undefined): Place | undefined {
  const country = address?.country?.toUpperCase()
  const state = address?.state?.toUpperCase() || null
  const code = address?.postal_code?.trim()
  if (!country) return undefined
  if (country === 'US') return code && /^\d{5}/.test(code) ? { country, state: state ?? stateOf(code) } : undefined
  if (country !== 'CA') return { country, state: null }
  const province = state ?? provinces[code?.charAt(0).toUpperCase() ?? ''] ?? null
  return province ? { country, state: province } : undefined
}

/** The place of an address of a calculation, which may name a state of the US alone; throws Stripe's `customer_tax_location_invalid`. */
export function placeOf(address: Address | null | undefined): Place {
  const country = address?.country?.toUpperCase()
  const state = address?.state?.toUpperCase() || null
  const place = placeIn(address) ?? (country === 'US' && state ? { country, state } : undefined)
  if (place) return place
  throw stripeError(
    400,
    'customer_tax_location_invalid',
    "We could not determine the customer's tax location based on the provided customer address.",
    'customer_details[address]',
  )
}

/** The refusal of a customer whose address does not say where they are. */
export const locationUnknown = () =>
  stripeError(
    400,
    'customer_tax_location_invalid',
    "The customer's location isn't recognized. Set a valid customer address in order to automatically calculate tax.",
  )

const provinces: Record<string, string> = {
  ...{ A: 'NL', B: 'NS', C: 'PE', E: 'NB', G: 'QC', H: 'QC', J: 'QC', K: 'ON', L: 'ON', M: 'ON', N: 'ON', P: 'ON' },
  ...{ R: 'MB', S: 'SK', T: 'AB', V: 'BC', X: 'NT', Y: 'YT' },
}

/** The last three-digit prefix of each state's postal codes, in their order. */
const prefixes =
  'MA027 RI029 NH038 ME049 VT059 CT069 NJ089 NY149 PA196 DE199 DC205 MD219 VA246 WV268 NC289 SC299 GA319 FL349 AL369 TN385 MS397 ' +
  'GA399 KY427 OH459 IN479 MI499 IA528 WI549 MN567 SD577 ND588 MT599 IL629 MO658 KS679 NE693 LA714 AR729 OK749 TX799 CO816 WY831 ' +
  'ID838 UT847 AZ865 NM884 TX885 NV898 CA961 HI968 OR979 WA994 AK999'

function stateOf(postalCode: string): string | null {
  const prefix = postalCode.slice(0, 3)
  return prefix < '010'
    ? null
    : (prefixes
        .split(' ')
        .find((each) => prefix <= each.slice(2))
        ?.slice(0, 2) ?? null)
}
