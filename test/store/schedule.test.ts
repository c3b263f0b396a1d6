import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Schedule } from '../../src/store/schedule.ts'

test('tasks come out by time, those of the same second in the order they were scheduled', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(15), fc.nat(9)), { maxLength: 40 }), (list) => {
      const schedule = new Schedule<number>()
      const kept = new Map<number, { at: number; order: number }>()
      list.forEach(([key, at], order) => {
        schedule.set(`k${key}`, at, key)
        kept.set(key, { at, order })
      })

      const out: number[] = []
      for (let due = schedule.takeDue(9); due; due = schedule.takeDue(9)) out.push(due.value)

      const wanted = [...kept].sort(([, a], [, b]) => a.at - b.at || a.order - b.order).map(([key]) => key)
      assert.deepEqual(out, wanted)
    }),
  )
})

test('what is not due or was deleted does not come out', () => {
  const schedule = new Schedule<string>()
  schedule.set('late', 20, 'late')
  schedule.set('gone', 5, 'gone')
  schedule.delete('gone')

  assert.equal(schedule.takeDue(19), undefined)
  assert.equal(schedule.nextAt(), 20)
  assert.equal(schedule.size, 1)
})
