import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatDuration, parseDuration } from '../../src/config/duration.ts'

test('a duration has a number and a unit, and is not zero', () => {
  const read = ['500ms', '30s', '1.5m', '4h', '8d'].map(parseDuration)
  const refused = ['30', '0s', '-1s', '5 m', '1h30m', '', '1e3s', '99999999999999s'].map(parseDuration)

  assert.deepEqual(read, [500, 30_000, 90_000, 14_400_000, 691_200_000])
  assert.deepEqual(new Set(refused), new Set([undefined]))
})

test('a duration is shown in the largest unit that fits', () => {
  assert.deepEqual([0, 412, 3240, 90_000, 7_200_000].map(formatDuration), ['0ms', '412ms', '3.2s', '1.5m', '2h'])
})
