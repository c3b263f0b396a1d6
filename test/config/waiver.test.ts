import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDay, waiverDaysLeft, waiverState } from '../../src/config/waiver.ts'

const waiver = {
  check: 'g/a',
  reason: 'r',
  ticket: 'T',
  approvedBy: ['x'],
  created: '2026-01-02',
  expires: '2026-01-03',
}
const hour = 3_600_000

test('a waiver holds from the first moment of its first day to the last moment of its last, UTC', () => {
  const start = Date.UTC(2026, 0, 2)
  const moments = [start - 1, start, start + 48 * hour - 1, start + 48 * hour]

  assert.deepEqual(
    moments.map((now) => waiverState(waiver, now)),
    ['future', 'valid', 'valid', 'expired'],
  )
  assert.deepEqual(
    moments.slice(1).map((now) => waiverDaysLeft(waiver, now)),
    [1, 0, -1],
  )
})

test('a day that no calendar has is no day', () => {
  assert.ok(['2026-02-29', '2026-13-01', '2026-1-1', '01.02.2026', ''].every((day) => Number.isNaN(parseDay(day))))
  assert.equal(parseDay('2028-02-29'), Date.UTC(2028, 1, 29))
})
