export interface Rate {
  /** Percent as Stripe writes it. */
  percentage_decimal: string
  tax_type: 'gst' | 'hst' | 'jct' | 'sales_tax' | 'vat'
}

const vat: Record<string, string> = {
  AT: '20.0',
  BE: '21.0',
  BG: '20.0',
  CH: '8.1',
  CY: '19.0',
  CZ: '21.0',
  DE: '19.0',
  DK: '25.0',
  EE: '24.0',
  ES: '21.0',
  FI: '25.5',
  FR: '20.0',
  GB: '20.0',
  GR: '24.0',
  HR: '25.0',
  HU: '27.0',
  IE: '23.0',
  IT: '22.0',
  LT: '21.0',
  LU: '17.0',
  LV: '21.0',
  MT: '18.0',
  NL: '21.0',
  NO: '25.0',
  PL: '23.0',
  PT: '23.0',
  RO: '21.0',
  SE: '25.0',
  SI: '22.0',
  SK: '23.0',
}

/** General sales tax of states, without what counties and cities add. */
const states: Record<string, string> = {
  AL: '4.0',
  AR: '6.5',
  AZ: '5.6',
  CA: '7.25',
  CO: '2.9',
  CT: '6.35',
  DC: '6.0',
  FL: '6.0',
  GA: '4.0',
  HI: '4.0',
  IA: '6.0',
  ID: '6.0',
  IL: '6.25',
  IN: '7.0',
  KS: '6.5',
  KY: '6.0',
  LA: '5.0',
  MA: '6.25',
  MD: '6.0',
  ME: '5.5',
  MI: '6.0',
  MN: '6.875',
  MO: '4.225',
  MS: '7.0',
  NC: '4.75',
  ND: '5.0',
  NE: '5.5',
  NJ: '6.625',
  NM: '4.875',
  NV: '6.85',
  NY: '4.0',
  OH: '5.75',
  OK: '4.5',
  PA: '6.0',
  RI: '7.0',
  SC: '6.0',
  SD: '4.2',
  TN: '7.0',
  TX: '6.25',
  UT: '6.1',
  VA: '5.3',
  VT: '6.0',
  WA: '6.5',
  WI: '5.0',
  WV: '6.0',
  WY: '4.0',
}

/** Provinces of Canada whose tax is one with the federal one. */
const harmonized: Record<string, string> = { NB: '15.0', NL: '15.0', NS: '14.0', ON: '13.0', PE: '15.0' }

/** Whether a country belongs to the European Union: one registration can cover all of it. */
export const isInUnion = (country: string): boolean =>
  Object.hasOwn(vat, country) && !['CH', 'GB', 'NO'].includes(country)

/** The standard rate of a place; undefined where the table has none. A simple model: no counties, cities or reduced rates. */
export function rateOf(country: string, state: string | null): Rate | undefined {
  if (country === 'US') return rate(states[state ?? ''], 'sales_tax')
  if (country === 'AU' || country === 'NZ' || country === 'SG')
    return rate({ AU: '10.0', NZ: '15.0', SG: '9.0' }[country], 'gst')
  if (country === 'JP') return rate('10.0', 'jct')
  if (country === 'CA') return harmonized[state ?? ''] ? rate(harmonized[state ?? ''], 'hst') : rate('5.0', 'gst')
  return rate(vat[country], 'vat')
}

const rate = (percentage_decimal: string | undefined, tax_type: Rate['tax_type']): Rate | undefined =>
  percentage_decimal === undefined ? undefined : { percentage_decimal, tax_type }

/** Tax in or on an amount, rounded half up, in whole numbers: the percentage counts in millionths. */
export function taxOf(amount: number, { percentage_decimal }: Rate, isInclusive: boolean): number {
  const [whole = '0', fraction = ''] = percentage_decimal.split('.')
  const scaled = BigInt(whole + fraction.padEnd(6, '0'))
  const base = 100_000_000n
  const [over, under] = isInclusive ? [BigInt(amount) * scaled, base + scaled] : [BigInt(amount) * scaled, base]
  return Number((over * 2n + under) / (under * 2n))
}
