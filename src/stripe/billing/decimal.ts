/** Digits behind the point that are kept: Stripe takes twelve in `unit_amount_decimal`. */
const digits = 12
const one = 10n ** BigInt(digits)

/** A decimal number times 10^12; the only form in which fractions of the smallest unit are computed with. */
export type Scaled = bigint

/** Reads `"0.05"`, `"1200"`, `1.5`; throws a RangeError for anything else. Digits beyond the twelfth are refused. */
export function parseDecimal(text: string | number): Scaled {
  const found = /^(-?)(\d+)(?:\.(\d*))?$/.exec(typeof text === 'number' ? plain(text) : text.trim())
  const fraction = found?.[3] ?? ''
  if (!found || fraction.replace(/0+$/, '').length > digits) throw new RangeError(`not a decimal number: ${text}`)
  const value = BigInt(found[2]!) * one + BigInt(fraction.slice(0, digits).padEnd(digits, '0'))
  return found[1] ? -value : value
}

/** The shortest text of it: `0.05`, `1200`. */
export function formatDecimal(value: Scaled): string {
  const absolute = value < 0n ? -value : value
  const fraction = (absolute % one).toString().padStart(digits, '0').replace(/0+$/, '')
  return `${value < 0n ? '-' : ''}${absolute / one}${fraction && '.'}${fraction}`
}

/** To a whole number, halves away from zero, as Stripe rounds amounts. */
export const roundScaled = (value: Scaled): number => Number(divideRounded(value, one))

/** `numerator / denominator`, halves away from zero. */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  if (denominator < 0n) return divideRounded(-numerator, -denominator)
  const half = numerator < 0n ? -denominator : denominator
  return (2n * numerator + half) / (2n * denominator)
}

/** `amount * part / whole` of whole numbers without a float in between; halves away from zero. */
export const fractionOf = (amount: number, part: number | bigint, whole: number | bigint): number =>
  Number(divideRounded(BigInt(amount) * BigInt(part), BigInt(whole)))

/** A percentage such as 12.5 of a whole amount; halves away from zero. */
export const percentOf = (amount: number, percent: number | string): number =>
  Number(divideRounded(BigInt(amount) * parseDecimal(percent), 100n * one))

/** Numbers such as 1e-7 in digits. */
const plain = (value: number): string =>
  Number.isFinite(value) ? value.toFixed(digits).replace(/\.?0+$/, '') : String(value)
