import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type GateCase, judgeGate, judgeRun } from '../../src/gates/verdict.ts'
import type { CheckRecord, Status } from '../../src/kernel/record.ts'

const record = (id: string, status: Status, more: Partial<CheckRecord> = {}): CheckRecord => ({
  id,
  gate: 'g',
  type: 't',
  status,
  details: {},
  findings: [],
  durationMs: 1,
  attempts: [],
  flaky: false,
  advisory: false,
  skipAllowed: false,
  evidence: [],
  reproduce: [],
  needs: [],
  ...more,
})

const judge = (statuses: readonly Status[], more: Partial<GateCase> = {}) => {
  const checks = statuses.map((status, index) => record(`c${index}`, status))
  const planned = checks.map((check) => check.id)
  return judgeGate({ planned, checks, minChecks: 1, partial: false, failOnFlaky: false, ...more })
}

const table: [statuses: Status[], exitCode: number][] = [
  [['PASS'], 0],
  [['PASS', 'WAIVED'], 0],
  [['PASS', 'FAIL'], 1],
  [['FAIL', 'ERROR', 'STALE', 'BLOCKED'], 1],
  [['ERROR', 'STALE', 'NOT_RUN'], 3],
  [['NO_DATA', 'PASS'], 3],
  [['STALE', 'BLOCKED'], 5],
  [['PASS', 'BLOCKED'], 4],
  [['PASS', 'SKIP'], 4],
  [['PASS', 'NOT_RUN'], 4],
  [['PASS', 'NOT_SELECTED'], 4],
  [[], 4],
]
for (const [statuses, exitCode] of table) {
  test(`${statuses.join(' + ') || 'no check at all'} is exit ${exitCode}`, () => {
    const judgement = judge(statuses)

    assert.equal(judgement.exitCode, exitCode)
    assert.equal(judgement.status === 'PASS', exitCode === 0)
  })
}

test('a planned check without a result is never a pass', () => {
  const judgement = judge(['PASS'], { planned: ['c0', 'c1'] })

  assert.deepEqual([judgement.status, judgement.exitCode], ['INCOMPLETE', 4])
  assert.equal(judgement.reason, 'c1 was planned and has no result.')
})

test('a result that nobody planned is never a pass', () => {
  assert.equal(judge(['PASS', 'PASS'], { planned: ['c0'] }).exitCode, 4)
})

test('fewer checks than the floor are incomplete, even when all of them pass', () => {
  const judgement = judge(['PASS', 'PASS'], { minChecks: 3 })

  assert.deepEqual([judgement.exitCode, judgement.reason], [4, '2 required checks executed, the floor is 3.'])
})

test('a partial profile may leave checks out, but not all of them', () => {
  assert.equal(judge(['PASS', 'NOT_SELECTED'], { partial: true, minChecks: 2 }).exitCode, 0)
  assert.equal(judge(['NOT_SELECTED'], { partial: true }).exitCode, 4)
})

test('a secret outranks a failure, and a failure what could not be judged', () => {
  const rulings = [{ exitCode: 6, reason: 'a secret was found' } as const]

  assert.deepEqual(judge(['FAIL', 'ERROR'], { rulings }).exitCode, 6)
})

test('a run without gates is incomplete', () => {
  assert.deepEqual(judgeRun([]), { exitCode: 4, status: 'INCOMPLETE', reason: 'No gate was selected.' })
})
