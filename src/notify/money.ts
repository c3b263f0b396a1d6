/** Making one costs more than all the rest of a mail; whoever asks may ask for any three letters. */
const formats = new Map<string, Intl.NumberFormat>()
const mostFormats = 200

/**
 * An amount in minor units as people read it: `1900`, `EUR` -> `€19.00`, `1900`, `JPY` -> `¥1,900`. Undefined for what is not a whole
 * number or a currency code. How many decimals a currency has comes from the runtime's own ISO 4217 data.
 */
export function renderMoney(amount: unknown, currency: unknown): string | undefined {
  if (!/^-?\d{1,15}$/.test(String(amount)) || !/^[a-z]{3}$/i.test(String(currency))) return undefined
  const code = String(currency).toUpperCase()
  const format = formats.get(code) ?? new Intl.NumberFormat('en', { style: 'currency', currency: code })
  if (formats.size < mostFormats) formats.set(code, format)
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  return format.format(Number(amount) / 10 ** digits)
}
