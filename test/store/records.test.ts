import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IdempotencyRecords, idempotencyLifetimeMs } from '../../src/store/idempotency.ts'
import { Journal } from '../../src/store/journal.ts'

const entry = (id: string) => ({ id, at: 0, method: 'GET', path: '/', status: 200, durationMs: 0 })

test('a full journal drops the oldest entries and still counts them', () => {
  const journal = new Journal({ entries: 3 })
  for (const id of ['a', 'b', 'c', 'd', 'e']) journal.add(entry(id))

  assert.deepEqual(
    journal.list().map(({ id }) => id),
    ['c', 'd', 'e'],
  )
  assert.equal(journal.total, 5)
})

test('a few heavy requests make room as many light ones do, and the newest always stays', () => {
  const journal = new Journal({ bytes: 5000 })
  for (const id of ['a', 'b', 'c', 'd']) journal.add(entry(id), 2000)
  const heavy = journal.list().map(({ id }) => id)
  journal.add(entry('e'), 20_000)

  assert.deepEqual([heavy, journal.list().map(({ id }) => id)], [['c', 'd'], ['e']])
})

test('an idempotency key is free again after a day, and not before', () => {
  const records = new IdempotencyRecords()
  records.begin('key', 'print', 'req_1', 1000)

  assert.ok(records.get('key', 1000 + idempotencyLifetimeMs - 1))
  assert.equal(records.get('key', 1000 + idempotencyLifetimeMs), undefined)
})

test('expired keys make room when a new one comes', () => {
  const records = new IdempotencyRecords()
  records.begin('old', 'print', 'req_1', 0)
  records.begin('new', 'print', 'req_2', idempotencyLifetimeMs + 1)

  assert.equal(records.size, 1)
})
