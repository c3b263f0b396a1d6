import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { allocate } from '../../../src/stripe/billing/allocate.ts'
import { formatAmount } from '../../../src/stripe/billing/currency.ts'
import { taxLine } from '../../../src/stripe/billing/tax.ts'
import { settleBalance, type TotalLine, totalsOf } from '../../../src/stripe/billing/totals.ts'

const line = (amount: number, more: Partial<TotalLine> = {}): TotalLine => ({
  amount,
  discountable: true,
  discounts: [],
  taxes: [],
  ...more,
})

test('an amount off is split over the lines and adds up to the cent', () => {
  const { lines, total } = totalsOf([line(1000), line(1000), line(1000)], [{ id: 'di_1', amount_off: 1000 }])
  assert.deepEqual(
    lines.map(({ discounts }) => discounts[0]!.amount),
    [334, 333, 333],
  )
  assert.equal(total, 2000)
})

test('a percentage is rounded once over the invoice, then split', () => {
  const { total, discounts } = totalsOf([line(333), line(333), line(333)], [{ id: 'di_1', percent_off: 10 }])
  assert.equal(discounts[0]!.amount, 100)
  assert.equal(total, 899)
})

test('discounts stack on what is left and never go below zero', () => {
  const { total, discounts } = totalsOf(
    [line(1000)],
    [
      { id: 'a', percent_off: 50 },
      { id: 'b', amount_off: 900 },
    ],
  )
  assert.equal(total, 0)
  assert.deepEqual(discounts, [
    { discount: 'a', amount: 500 },
    { discount: 'b', amount: 500 },
  ])
})

test('a coupon for one product leaves the others alone', () => {
  const { total } = totalsOf(
    [line(1000, { product: 'a' }), line(500, { product: 'b' })],
    [{ id: 'd', percent_off: 100, products: ['b'] }],
  )
  assert.equal(total, 1000)
})

test('credits and lines that cannot be discounted are not', () => {
  const { total } = totalsOf(
    [line(1000, { discountable: false }), line(-300), line(100)],
    [{ id: 'd', percent_off: 50 }],
  )
  assert.equal(total, 1000 - 300 + 50)
})

test('discounts of one line are in the subtotal, those of the invoice are not', () => {
  const totals = totalsOf(
    [line(1000, { discounts: [{ id: 'own', amount_off: 100 }] })],
    [{ id: 'all', amount_off: 200 }],
  )
  assert.equal(totals.subtotal, 900)
  assert.equal(totals.total, 700)
})

test('exclusive tax comes on top, inclusive tax is inside', () => {
  assert.deepEqual(
    taxLine(1000, [{ id: 'a', inclusive: false, percentage: 8.25 }]).map(({ amount }) => amount),
    [83],
  )
  const [inclusive] = taxLine(1190, [{ id: 'b', inclusive: true, percentage: 19 }])
  assert.deepEqual([inclusive!.amount, inclusive!.taxable_amount], [190, 1000])
  const { total, total_excluding_tax } = totalsOf(
    [line(1190, { taxes: [{ id: 'b', inclusive: true, percentage: 19 }] })],
    [],
  )
  assert.deepEqual([total, total_excluding_tax], [1190, 1000])
})

test('tax is on what is left after discounts', () => {
  const { total } = totalsOf(
    [line(1000, { taxes: [{ id: 'a', inclusive: false, percentage: 10 }] })],
    [{ id: 'd', percent_off: 50 }],
  )
  assert.equal(total, 550)
})

const balances: [string, number, number, string, number, number][] = [
  ['no balance', 1000, 0, 'usd', 1000, 0],
  ['credit is used first', 1000, -300, 'usd', 700, 0],
  ['credit left over stays', 1000, -1500, 'usd', 0, -500],
  ['a debt is collected along', 1000, 200, 'usd', 1200, 0],
  ['a negative total becomes credit', -400, 0, 'usd', 0, -400],
  ['less than the least charge is put on the balance', 49, 0, 'usd', 0, 49],
  ['the least charge is charged', 50, 0, 'usd', 50, 0],
  ['yen have another least charge', 49, 0, 'jpy', 0, 49],
]
for (const [title, total, balance, currency, due, ending] of balances)
  test(title, () =>
    assert.deepEqual(settleBalance(total, balance, currency), { amount_due: due, ending_balance: ending }),
  )

test('shares of any amount add up to it and stay within one unit of the exact share', () => {
  fc.assert(
    fc.property(
      fc.nat(1_000_000_000),
      fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 20 }),
      (amount, weights) => {
        const shares = allocate(amount, weights)
        const whole = weights.reduce((a, b) => a + b, 0)
        const sum = shares.reduce((a, b) => a + b, 0)
        return (
          sum === (whole === 0 ? 0 : amount) &&
          shares.every((share, i) => whole === 0 || Math.abs(share - (amount * weights[i]!) / whole) <= 1)
        )
      },
    ),
  )
})

test('every invoice reconciles whatever its lines, discounts and taxes', () => {
  const tax = fc.record({
    id: fc.constantFrom('t1', 't2'),
    inclusive: fc.boolean(),
    percentage: fc.integer({ min: 0, max: 3000 }).map((n) => n / 100),
  })
  const lines = fc.array(
    fc.record({
      amount: fc.integer({ min: -100_000, max: 1_000_000 }),
      discountable: fc.boolean(),
      discounts: fc.constant([]),
      taxes: fc.uniqueArray(tax, { maxLength: 2, selector: ({ id }) => id }),
    }),
    { maxLength: 8 },
  )
  const discounts = fc.array(
    fc.oneof(
      fc.record({ id: fc.constant('p'), percent_off: fc.integer({ min: 1, max: 100 }) }),
      fc.record({ id: fc.constant('a'), amount_off: fc.integer({ min: 1, max: 500_000 }) }),
    ),
    { maxLength: 2 },
  )
  fc.assert(
    fc.property(lines, discounts, (all, off) => {
      const totals = totalsOf(all, off)
      const sum = (list: { amount: number }[]) => list.reduce((a, b) => a + b.amount, 0)
      const exclusive = sum(totals.lines.flatMap((each) => each.taxes.filter((one) => !one.inclusive)))
      const expected = sum(all) - sum(totals.lines.flatMap((each) => each.discounts)) + exclusive
      return (
        totals.total === expected &&
        sum(totals.discounts) === sum(totals.lines.flatMap((each) => each.discounts)) &&
        Number.isSafeInteger(totals.total)
      )
    }),
  )
})

test('amounts are shown with the digits of their currency', () => {
  assert.equal(formatAmount('1000', 'usd'), '$10.00')
  assert.equal(formatAmount('0.5', 'usd'), '$0.005')
  assert.equal(formatAmount('123456789', 'usd'), '$1,234,567.89')
  assert.equal(formatAmount('500', 'jpy'), '¥500')
  assert.equal(formatAmount('10000', 'kwd'), '10.000 KWD')
})
