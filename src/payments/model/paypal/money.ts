/** Decimals of a currency, from the runtime's own ISO 4217 data. */
const decimals = (currency: string): number =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2

/** PayPal's amounts: a decimal text in major units, the currency in capitals. */
export function money(amount: number, currency: string): { currency_code: string; value: string } {
  const digits = decimals(currency)
  const text = String(amount).padStart(digits + 1, '0')
  const value = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
  return { currency_code: currency.toUpperCase(), value }
}
