import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settleLoop } from '../../../src/payments/observe/settle.ts'
import type { Observation } from '../../../src/payments/observe/types.ts'

/** Plays readings, the last one for ever, or what there is at a time; time passes only by waiting. */
function play(
  readings: Partial<Observation>[] | ((time: number) => Partial<Observation>),
  settings: { want?: (seen: Observation) => boolean; holdMs?: number } = {},
) {
  let time = 0
  let next = 0
  return settleLoop({
    read: async () => ({
      trouble: [],
      ...(Array.isArray(readings) ? readings[Math.min(next++, readings.length - 1)] : readings(time)),
    }),
    holdMs: 30,
    settleMs: 1000,
    ...settings,
    now: () => time,
    wait: async (ms) => {
      time += ms
    },
  })
}

test('what stays the same three times is settled', async () => {
  const { observation, reached, readings } = await play([{ active: 5 }])

  assert.deepEqual({ active: observation.active, reached, readings }, { active: 5, reached: true, readings: 3 })
})

test('what still moves is waited for', async () => {
  const { observation, readings } = await play([{ active: 1 }, { active: 2 }, { active: 2 }, { active: 3 }])

  assert.equal(observation.active, 3)
  assert.equal(readings, 6)
})

test('what is wanted may come late', async () => {
  const late = [...Array.from({ length: 8 }, () => ({ active: 0 })), { active: 5 }]

  const { reached, afterMs } = await play(late, { want: ({ active }) => active === 5 })

  assert.equal(reached, true)
  assert.ok(afterMs > 100 && afterMs < 1000)
})

test('what never comes is given up when the time of the contract is over', async () => {
  const { reached, observation, afterMs } = await play([{ active: 0 }], { want: ({ active }) => active === 5 })

  assert.deepEqual({ reached, active: observation.active }, { reached: false, active: 0 })
  assert.equal(afterMs, 1000)
})

test('what was wanted and went away again is not reached', async () => {
  const { reached, observation } = await play([{ active: 5 }, { active: 5 }, { active: 10 }], {
    want: ({ active }) => active === 5,
  })

  assert.deepEqual({ reached, active: observation.active }, { reached: false, active: 10 })
})

test('what holds from the beginning is watched for as long as it was asked for', async () => {
  const late = (time: number) => ({ active: time < 200 ? 0 : 5 })
  const want = ({ active }: Observation) => active === 0

  assert.equal((await play(late, { want })).reached, true)
  assert.equal((await play(late, { want, holdMs: 300 })).reached, false)
})

test('a reading with trouble is no reading', async () => {
  const trouble = [{ observer: 'grants' as const, reason: 'answered 503' }]

  const later = await play([{ trouble }, { active: 5 }])
  const never = await play([{ trouble }])

  assert.equal(later.reached, true)
  assert.deepEqual([never.reached, never.observation.trouble], [false, trouble])
})
