import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCtrf } from '../../../src/checks/reports/ctrf.ts'
import { BrokenReport } from '../../../src/checks/reports/tally.ts'

const reportOf = (statuses: string[], summary: Record<string, number> = {}) => {
  const count = (status: string) => statuses.filter((each) => each === status).length
  const totals = Object.fromEntries(
    ['passed', 'failed', 'skipped', 'pending', 'other'].map((each) => [each, count(each)]),
  )
  return JSON.stringify({
    reportFormat: 'CTRF',
    specVersion: '0.0.0',
    results: {
      tool: { name: 'x' },
      summary: { tests: statuses.length, ...totals, start: 1_760_000_000_000, stop: 1_760_000_001_000, ...summary },
      tests: statuses.map((status, index) => ({ name: `t${index}`, status, duration: 1 })),
    },
  })
}

test('only passed tests count as passed; pending and other were not executed', () => {
  const tally = parseCtrf(reportOf(['passed', 'failed', 'skipped', 'pending', 'other']))
  assert.deepEqual([tally.tests, tally.passed, tally.failed, tally.skipped], [5, 1, 1, 3])
  assert.equal(tally.writtenMs, 1_760_000_001_000)
})

test('a summary that disagrees with the list, and what is no report, is refused', () => {
  const broken = [
    reportOf(['passed'], { tests: 2 }),
    reportOf(['failed'], { failed: 0 }),
    reportOf(['passed'], { passed: -1 }),
    reportOf(['PASSED']),
    '{}',
    '[]',
    reportOf(['passed']).slice(0, -1),
  ]
  for (const text of broken) assert.throws(() => parseCtrf(text), BrokenReport, text)
})
