import { decimalsOf } from '../stripe/payment/money.ts'

/** An amount as PayPal writes it: `{ value: "49.99", currency_code: "USD" }`. */
export interface Money {
  value: string
  currency_code: string
}

/** Whole units of the currency's smallest coin; NaN for what is no amount. */
export function minorUnits({ value, currency_code }: Money): number {
  const decimals = decimalsOf(currency_code.toLowerCase())
  const match = /^(\d{1,12})(?:\.(\d{1,3}))?$/.exec(value)
  if (!match || (match[2] ?? '').replace(/0+$/, '').length > decimals) return Number.NaN
  return Number(`${match[1]}${(match[2] ?? '').slice(0, decimals).padEnd(decimals, '0')}`)
}

export function moneyOf(amount: number, currency: string): Money {
  const decimals = decimalsOf(currency.toLowerCase())
  return { value: (amount / 10 ** decimals).toFixed(decimals), currency_code: currency.toUpperCase() }
}
