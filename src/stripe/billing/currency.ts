import { decimalsOf } from '../payment/money.ts'

const symbols: Record<string, string> = { usd: '$', eur: '€', gbp: '£', jpy: '¥', inr: '₹' }

/** `$10.00`, `¥500`, `10.000 KWD`, the way line descriptions show a price. `amount` is a decimal text in the smallest unit. */
export function formatAmount(amount: string, currency: string): string {
  const decimals = decimalsOf(currency)
  const [whole = '0', fraction = ''] = amount.replace('-', '').split('.')
  const all = whole.padStart(decimals + 1, '0')
  const units = all.slice(0, all.length - decimals).replace(/\B(?=(\d{3})+$)/g, ',')
  const rest = all.slice(all.length - decimals) + fraction
  const number = `${units}${rest && '.'}${rest}`
  const sign = amount.startsWith('-') ? '-' : ''
  const symbol = symbols[currency]
  return symbol ? `${sign}${symbol}${number}` : `${sign}${number} ${currency.toUpperCase()}`
}
