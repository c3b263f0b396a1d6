import assert from 'node:assert/strict'
import { test } from 'node:test'
import { instantsOf, judgeRpo, showAge } from '../../../src/drill/budget/rpo.ts'

const now = Date.parse('2026-03-10T12:00:00Z')
const hour = 3_600_000

test('the worst clock decides: a fresh file with stale rows is over the budget', () => {
  const clocks = { mtime: '2026-03-10T11:00:00Z', watermark: '2026-03-08T12:00:00Z' }
  const { rpo, findings } = judgeRpo(clocks, now, 24 * hour)
  assert.deepEqual(rpo, { clock: 'watermark', ms: 48 * hour, budgetMs: 24 * hour })
  assert.deepEqual(
    findings.map(({ code }) => code),
    ['RPO_EXCEEDED'],
  )
})

test('a file that is too old is STALE, by the clock that says so', () => {
  const { findings } = judgeRpo({ mtime: '2026-03-01T12:00:00Z', name: '2026-03-10T05:00:00' }, now, 24 * hour)
  assert.deepEqual(
    findings.map(({ code, object, exit }) => [code, object, exit]),
    [['STALE', 'mtime', 1]],
  )
})

test('a copy whose time was touched is as old as its name says', () => {
  const { findings } = judgeRpo({ mtime: '2026-03-10T11:59:00Z', name: '2026-03-01T05:00:00' }, now, 24 * hour)
  assert.deepEqual(
    findings.map(({ object }) => object),
    ['name'],
  )
})

test('a name with a date only means any time of that day, in any zone', () => {
  const clocks = { name: '2026-03-09', mtime: '2026-03-09T22:00:00Z' }
  assert.equal(judgeRpo(clocks, now, 24 * hour).findings.length, 0)
  assert.equal(judgeRpo({ name: '2026-03-09' }, now, 24 * hour).findings.length, 0)
  assert.equal(judgeRpo({ name: '2026-03-07' }, now, 24 * hour).findings.length, 1)
})

test('a header without a zone that the zone explains is no disagreement', () => {
  const clocks = { header: '2026-03-10 03:00:00', mtime: '2026-03-10T11:00:30Z' }
  assert.equal(judgeRpo(clocks, now, 2 * hour).findings.length, 0)
  assert.deepEqual(instantsOf(clocks), {
    header: Date.parse('2026-03-10T11:00:30Z'),
    mtime: Date.parse('2026-03-10T11:00:30Z'),
  })
})

test('a header that no zone explains makes a touched file stale', () => {
  const clocks = { header: '2026-03-01 03:00:00', mtime: '2026-03-10T11:00:00Z' }
  assert.deepEqual(
    judgeRpo(clocks, now, 24 * hour).findings.map(({ object }) => object),
    ['header'],
  )
})

test('a clock in the future is a remark, and no clock is no age', () => {
  const { findings } = judgeRpo({ mtime: '2026-03-11T12:00:00Z' }, now, hour)
  assert.deepEqual(
    findings.map(({ code, exit }) => [code, exit]),
    [['CLOCK', 0]],
  )
  assert.deepEqual(judgeRpo({}, now, hour), { findings: [] })
  assert.deepEqual(judgeRpo({ mtime: 'rubbish' }, now, hour), { findings: [] })
})

test('without a budget the age is told and nothing is judged', () => {
  assert.deepEqual(judgeRpo({ mtime: '2020-01-01T00:00:00Z' }, now).findings, [])
})

test('ages are told in words that a person reads at a glance', () => {
  const cases: [number, string][] = [
    [0, '0 s'],
    [40_000, '40 s'],
    [20 * 60_000, '20 min'],
    [3 * hour + 20 * 60_000, '3 h 20 min'],
    [24 * hour, '24 h'],
    [9 * 24 * hour + 4 * hour, '9 days 4 h'],
  ]
  for (const [ms, text] of cases) assert.equal(showAge(ms), text)
})
