import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatDecimal, fractionOf, parseDecimal, percentOf, roundScaled } from '../../../src/stripe/billing/decimal.ts'
import { type PriceTerms, priceAmount, pricePartsOf } from '../../../src/stripe/billing/pricing.ts'
import { remainderOf, shareOf } from '../../../src/stripe/billing/proration.ts'

const tiers = [
  { up_to: 5, unit_amount: 700, flat_amount: null },
  { up_to: 10, unit_amount: 650, flat_amount: null },
  { up_to: null, unit_amount: 600, flat_amount: null },
]
const flatTiers = [
  { up_to: 10, unit_amount: null, flat_amount: 1000 },
  { up_to: null, unit_amount: 50, flat_amount: 500 },
]
const perUnit = (unit_amount_decimal: string): PriceTerms => ({ billing_scheme: 'per_unit', unit_amount_decimal })
const tiered = (tiers_mode: string, list: PriceTerms['tiers']): PriceTerms => ({
  billing_scheme: 'tiered',
  tiers_mode,
  tiers: list,
})

const rows: [string, PriceTerms, number | string, number][] = [
  ['per unit', perUnit('1000'), 3, 3000],
  ['nothing costs nothing', perUnit('1000'), 0, 0],
  ['a fraction of a cent is rounded once, half up', perUnit('0.05'), 110, 6],
  ['half a cent is a cent', perUnit('0.5'), 1, 1],
  ['twelve digits are exact', perUnit('0.000000000001'), '1000000000000', 1],
  ['packages are rounded up', { ...perUnit('1000'), transform_quantity: { divide_by: 5, round: 'up' } }, 11, 3000],
  ['packages are rounded down', { ...perUnit('1000'), transform_quantity: { divide_by: 5, round: 'down' } }, 11, 2000],
  ['graduated: units cost what their tier says', tiered('graduated', tiers), 12, 5 * 700 + 5 * 650 + 2 * 600],
  ['graduated: a tier bound belongs to the lower tier', tiered('graduated', tiers), 5, 3500],
  ['volume: all units cost what the last one does', tiered('volume', tiers), 12, 12 * 600],
  ['volume: a tier bound belongs to the lower tier', tiered('volume', tiers), 10, 6500],
  ['graduated flat fees add up', tiered('graduated', flatTiers), 15, 1000 + 500 + 5 * 50],
  ['volume takes the flat fee of its tier only', tiered('volume', flatTiers), 15, 500 + 15 * 50],
  ['the first flat fee is due with nothing used', tiered('graduated', flatTiers), 0, 1000],
  ['amounts beyond what a float holds stay exact', perUnit('900719925474099'), 9, 8106479329266891],
]
for (const [title, price, quantity, expected] of rows)
  test(title, () => assert.equal(priceAmount(price, quantity), expected))

test('graduated tiers become a line each, with the tier they come from', () => {
  assert.deepEqual(
    pricePartsOf(tiered('graduated', tiers), 7).map(({ tier, quantity, amount }) => [tier, quantity, amount]),
    [
      [1, 5, 3500],
      [2, 2, 1300],
    ],
  )
})

test('decimals are read and written without loss', () => {
  for (const text of ['0', '12', '-3.5', '0.000000000001', '123456789012345678.25'])
    assert.equal(formatDecimal(parseDecimal(text)), text)
  assert.throws(() => parseDecimal('1.0000000000001'), RangeError)
  assert.throws(() => parseDecimal('1e3'), RangeError)
  assert.equal(roundScaled(parseDecimal('-0.5')), -1)
  assert.equal(percentOf(333, 33.3), 111)
  assert.equal(fractionOf(-1000, 1, 3), -333)
})

test('half a month is half the price, to the second', () => {
  const period = { start: 0, end: 2_592_000 }
  assert.equal(remainderOf(1000, period, 1_296_000), 500)
  assert.equal(remainderOf(1000, period, 1_296_001), 500)
  assert.equal(remainderOf(100_000_000, period, 1_296_001), 49_999_961)
  assert.equal(remainderOf(1000, period, -5), 1000)
  assert.equal(remainderOf(1000, period, 9_999_999), 0)
  assert.equal(shareOf(3000, { start: 0, end: 30 }, { start: 20, end: 30 }), 1000)
})
