/**
 * `"49.99"`, `usd` -> 4999, by the currency's own number of decimals (ISO 4217, from the runtime). Undefined for what is not such an
 * amount: more decimals than the currency has are an error and never rounded.
 */
export function minorUnits(value: unknown, currency: string): number | undefined {
  const match = typeof value === 'string' ? /^(\d{1,12})(?:\.(\d{1,4}))?$/.exec(value) : null
  if (!match || !/^[a-z]{3}$/i.test(currency)) return undefined
  const digits = minorDigits(currency)
  const decimals = match[2] ?? ''
  if (/[1-9]/.test(decimals.slice(digits))) return undefined
  return Number(`${match[1]}${decimals.slice(0, digits).padEnd(digits, '0')}`)
}

/** How many decimals a currency has. */
export const minorDigits = (currency: string): number =>
  new Intl.NumberFormat('en', { style: 'currency', currency: currency.toUpperCase() }).resolvedOptions()
    .maximumFractionDigits ?? 2
