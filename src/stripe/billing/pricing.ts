import { formatDecimal, parseDecimal, roundScaled, type Scaled } from './decimal.ts'

export interface PriceTier {
  flat_amount?: number | null | undefined
  flat_amount_decimal?: string | null | undefined
  unit_amount?: number | null | undefined
  unit_amount_decimal?: string | null | undefined
  /** Null for the last one, that has no end. */
  up_to: number | null
}

/** What of a Stripe price decides an amount. */
export interface PriceTerms {
  billing_scheme: string
  unit_amount?: number | null | undefined
  unit_amount_decimal?: string | null | undefined
  tiers?: readonly PriceTier[] | null | undefined
  tiers_mode?: string | null | undefined
  transform_quantity?: { divide_by: number; round: string } | null | undefined
}

/** One line's worth of a price. `amount` is a whole number of the smallest unit, rounded once per line. */
export interface PricePart {
  amount: number
  quantity: number
  /** Decimal text. */
  unit_amount_decimal: string
  /** Counts from 1; absent for prices without tiers. */
  tier?: number
}

/**
 * What a quantity costs. Per unit: one part. Graduated tiers: one part per tier that is reached, flat fees apart. Volume: all units at
 * the price of the tier that the quantity falls into. With nothing used, the first tier's flat fee is still due.
 * Rules: docs.stripe.com/products-prices/pricing-models.
 */
export function pricePartsOf(price: PriceTerms, quantity: number | string): PricePart[] {
  const amount = transformed(parseDecimal(quantity), price.transform_quantity)
  if (price.billing_scheme !== 'tiered') return [unitPart(unitOf(price), amount)]
  const tiers = price.tiers ?? []
  return price.tiers_mode === 'volume' ? volumeParts(tiers, amount) : graduatedParts(tiers, amount)
}

/** What comes on top when `from` of a quantity was billed before: tiers go on counting. What a tier gave up is a negative part. */
export function pricePartsBetween(price: PriceTerms, from: number | string, to: number | string): PricePart[] {
  const key = ({ tier, unit_amount_decimal }: PricePart): string => `${tier} ${unit_amount_decimal}`
  const parts = new Map<string, PricePart>()
  const add = (part: PricePart, sign: 1 | -1): void => {
    const { amount = 0, quantity = 0 } = parts.get(key(part)) ?? {}
    const sum = { amount: amount + sign * part.amount, quantity: quantity + sign * part.quantity }
    parts.set(key(part), { ...part, ...sum })
  }
  for (const part of pricePartsOf(price, from)) add(part, -1)
  for (const part of pricePartsOf(price, to)) add(part, 1)
  return [...parts.values()].filter(({ amount, quantity }) => amount !== 0 || quantity !== 0)
}

/** The sum of all parts. */
export const priceAmount = (price: PriceTerms, quantity: number | string): number =>
  pricePartsOf(price, quantity).reduce((sum, part) => sum + part.amount, 0)

const one = parseDecimal(1)

function transformed(quantity: Scaled, transform: PriceTerms['transform_quantity']): Scaled {
  if (!transform) return quantity
  const packageSize = parseDecimal(transform.divide_by)
  const full = quantity / packageSize
  const hasRest = quantity % packageSize !== 0n
  return (transform.round === 'up' && hasRest ? full + 1n : full) * one
}

function unitPart(unit: Scaled, quantity: Scaled, tier?: number): PricePart {
  return {
    amount: roundScaled((unit * quantity) / one),
    quantity: Number(quantity / one),
    unit_amount_decimal: formatDecimal(unit),
    ...(tier !== undefined && { tier }),
  }
}

const flatPart = (flat: Scaled, tier: number): PricePart => ({
  amount: roundScaled(flat),
  quantity: 0,
  unit_amount_decimal: formatDecimal(flat),
  tier,
})

function graduatedParts(tiers: readonly PriceTier[], quantity: Scaled): PricePart[] {
  const parts: PricePart[] = []
  let from = 0n
  for (const [index, tier] of tiers.entries()) {
    if (index > 0 && quantity <= from) break
    const to = tier.up_to === null ? quantity : parseDecimal(tier.up_to)
    const within = (quantity < to ? quantity : to) - from
    const flat = flatOf(tier)
    parts.push(unitPart(unitOf(tier), within, index + 1))
    if (flat !== 0n) parts.push(flatPart(flat, index + 1))
    from = to
  }
  return parts
}

function volumeParts(tiers: readonly PriceTier[], quantity: Scaled): PricePart[] {
  const found = tiers.findIndex(({ up_to }) => up_to === null || quantity <= parseDecimal(up_to))
  const index = found === -1 ? tiers.length - 1 : found
  const tier = tiers[index]
  if (!tier) return []
  const flat = flatOf(tier)
  const units = unitPart(unitOf(tier), quantity, index + 1)
  return flat === 0n ? [units] : [units, flatPart(flat, index + 1)]
}

const unitOf = (price: { unit_amount?: number | null | undefined; unit_amount_decimal?: string | null | undefined }) =>
  parseDecimal(price.unit_amount_decimal ?? price.unit_amount ?? 0)

const flatOf = ({ flat_amount, flat_amount_decimal }: PriceTier): Scaled =>
  parseDecimal(flat_amount_decimal ?? flat_amount ?? 0)
