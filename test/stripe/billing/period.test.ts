import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { addIntervals, anchorOf, periodAt } from '../../../src/stripe/billing/period.ts'

const at = (text: string): number => Date.parse(text) / 1000

const rows: [string, string, string, number, string][] = [
  [
    'a month from the 31st ends on the last day of February',
    '2026-01-31T10:00:00Z',
    'month',
    1,
    '2026-02-28T10:00:00Z',
  ],
  ['two months from 31 January end on 31 March again', '2026-01-31T10:00:00Z', 'month', 2, '2026-03-31T10:00:00Z'],
  ['a leap day is kept in February of a leap year', '2028-01-31T00:00:00Z', 'month', 1, '2028-02-29T00:00:00Z'],
  ['a year from a leap day ends on 28 February', '2028-02-29T12:30:15Z', 'year', 1, '2029-02-28T12:30:15Z'],
  ['four years from a leap day end on a leap day', '2028-02-29T12:30:15Z', 'year', 4, '2032-02-29T12:30:15Z'],
  ['a quarter crosses the year', '2026-11-30T00:00:00Z', 'month', 3, '2027-02-28T00:00:00Z'],
  ['a week is seven days to the second', '2026-03-28T23:59:59Z', 'week', 1, '2026-04-04T23:59:59Z'],
  ['a day is 86,400 seconds', '2026-12-31T08:00:00Z', 'day', 1, '2027-01-01T08:00:00Z'],
  ['one month back from 31 March is 28 February', '2026-03-31T00:00:00Z', 'month', -1, '2026-02-28T00:00:00Z'],
]
for (const [title, anchor, interval, count, expected] of rows)
  test(title, () => assert.equal(addIntervals(at(anchor), interval, count), at(expected)))

test('periods join without a gap, contain their moment and never drift from the anchor day', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: at('2000-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') }),
      fc.constantFrom('day', 'week', 'month', 'year'),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: -40_000_000, max: 200_000_000 }),
      (anchor, interval, interval_count, offset) => {
        const moment = anchor + offset
        const period = periodAt(anchor, { interval, interval_count }, moment)
        const next = periodAt(anchor, { interval, interval_count }, period.end)
        return period.start <= moment && moment < period.end && next.start === period.end
      },
    ),
    { numRuns: 2000 },
  )
})

test('an anchor config picks the first such day at or after the start, clamped to the month', () => {
  assert.equal(anchorOf({ day_of_month: 31 }, at('2026-02-03T04:05:06Z')), at('2026-02-28T04:05:06Z'))
  assert.equal(anchorOf({ day_of_month: 1 }, at('2026-02-03T04:05:06Z')), at('2026-03-01T04:05:06Z'))
  assert.equal(
    anchorOf({ day_of_month: 15, month: 1, hour: 9, minute: 0, second: 0 }, at('2026-02-03T04:05:06Z')),
    at('2027-01-15T09:00:00Z'),
  )
})
