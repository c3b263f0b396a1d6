import { stripeError } from '../error.ts'

const zeroDecimal = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf'.split(' '))
const threeDecimal = new Set('bhd jod kwd omr tnd'.split(' '))

/** Presentment currencies. Source: docs.stripe.com/currencies. */
const currencies = new Set(
  (
    'usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp cny cop ' +
    'crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl hrk htg huf idr ils inr isk jmd jod jpy ' +
    'kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr ' +
    'nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs tnd top try ttd ' +
    'twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw'
  ).split(' '),
)

/** The least Stripe charges, in the smallest unit. Source: docs.stripe.com/currencies#minimum-and-maximum-charge-amounts. */
const minimums: Record<string, number> = {
  usd: 50,
  aed: 200,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
}

/** The least Stripe charges in a currency, in its smallest unit; 0 where it names none. */
export const minimumCharge = (currency: string): number => minimums[currency] ?? 0

/** Digits after the point: 2, but 0 for yen and its like and 3 for dinars. */
export const decimalsOf = (currency: string): number =>
  zeroDecimal.has(currency) ? 0 : threeDecimal.has(currency) ? 3 : 2

/** `1999`, `usd` -> `19.99`, by moving the point in the digits: no floating point. */
export function decimalAmount(amount: number, currency: string): string {
  const decimals = decimalsOf(currency)
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0')
  const sign = amount < 0 ? '-' : ''
  return decimals === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

/** `1999`, `usd` -> `$19.99`. */
export function formatMoney(amount: number, currency: string): string {
  const decimals = decimalsOf(currency)
  const format = new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: currency.toUpperCase(),
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  })
  return format.format(decimalAmount(amount, currency) as unknown as number)
}

/** The currency in lower case; throws Stripe's refusal for one it does not take. */
export function readCurrency(currency: string, param = 'currency'): string {
  const lower = currency.toLowerCase()
  if (currencies.has(lower)) return lower
  const known = [...currencies].join(', ')
  throw stripeError(
    400,
    undefined,
    `Invalid currency: ${lower}. Stripe currently supports these currencies: ${known}`,
    param,
  )
}

/** Refuses what Stripe does not charge: nothing, too little, too much. */
export function checkChargeAmount(amount: number, currency: string, param = 'amount'): void {
  if (amount < 1)
    throw stripeError(400, 'parameter_invalid_integer', 'This value must be greater than or equal to 1.', param)
  const least = minimums[currency] ?? 1
  if (amount < least)
    throw stripeError(
      400,
      'amount_too_small',
      `Amount must be at least ${formatMoney(least, currency)} ${currency}`,
      param,
    )
  if (amount > 99_999_999)
    throw stripeError(
      400,
      'amount_too_large',
      `Amount must be no more than ${formatMoney(99_999_999, currency)}`,
      param,
    )
}
