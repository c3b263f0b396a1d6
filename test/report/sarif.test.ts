import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Log, Run } from 'sarif'
import { sarifReporter } from '../../src/report/sarif.ts'
import { emptyRun, failingRun, hostileRun, makeCheck, makeGate, makeRun, passingRun } from './runs.ts'

function runOf(record: Parameters<typeof sarifReporter.render>[0]): Run {
  const log: Log = JSON.parse(sarifReporter.render(record))
  assert.equal(log.version, '2.1.0')
  return log.runs[0]!
}

const place = { file: 'config/with space.yaml', line: 7, column: 3 }
const finding = { subject: 'stripe-live-key', expected: 'no live key', actual: 'one', place }

test('a finding in a file is a result with its place, its rule and a fingerprint that survives moved lines', () => {
  const render = (line: number) => {
    const check = makeCheck('a', 'keys', {
      type: 'keys',
      status: 'FAIL',
      findings: [{ ...finding, place: { ...place, line } }],
    })
    return runOf(makeRun([makeGate('a', 'A', [check])])).results![0]!
  }

  const result = render(7)

  assert.equal(result.ruleId, 'keys/stripe-live-key')
  assert.equal(result.level, 'error')
  assert.equal(result.locations?.[0]?.physicalLocation?.artifactLocation?.uri, 'config/with%20space.yaml')
  assert.deepEqual(result.locations?.[0]?.physicalLocation?.region, { startLine: 7, startColumn: 3 })
  assert.deepEqual(render(99).partialFingerprints, result.partialFingerprints)
})

test('what an HTTP or database check found has no line and is no result', () => {
  const names = runOf(failingRun()).results?.map((result) => result.ruleId)

  assert.deepEqual(names, ['terraform-plan/aws-dynamodb-table.orders'])
})

test('no results reads as clean only when everything was evaluated', () => {
  const broken = makeGate('a', 'A', [makeCheck('a', 'keys', { type: 'keys', status: 'ERROR', reason: 'git failed' })])

  assert.equal(runOf(passingRun()).invocations?.[0]?.executionSuccessful, true)
  const [invocation] = runOf(makeRun([broken])).invocations ?? []
  assert.equal(invocation?.executionSuccessful, false)
  assert.match(invocation?.toolExecutionNotifications?.[0]?.message.text ?? '', /a\/keys ERROR: git failed/)
  assert.equal(runOf(emptyRun()).invocations?.[0]?.executionSuccessful, false)
})

test('a waiver suppresses, an advisory check only notes', () => {
  const waiver = { reason: 'moving', ticket: 'T-1', approvedBy: ['a'], expires: '2026-04-01', daysLeft: 3 }
  const checks = [
    makeCheck('a', 'waived', { type: 'keys', status: 'WAIVED', was: 'FAIL', waiver, findings: [finding] }),
    makeCheck('a', 'advice', { type: 'keys', status: 'FAIL', advisory: true, findings: [finding] }),
  ]

  const [waived, advice] = runOf(makeRun([makeGate('a', 'A', checks)])).results ?? []

  assert.equal(waived?.suppressions?.[0]?.status, 'accepted')
  assert.match(waived?.suppressions?.[0]?.justification ?? '', /T-1 until 2026-04-01: moving/)
  assert.equal(advice?.level, 'note')
})

test('five thousand results at most, and a note about the rest', () => {
  const findings = Array.from({ length: 5_003 }, (_, index) => ({ ...finding, actual: `key ${index}` }))
  const check = makeCheck('a', 'keys', { type: 'keys', status: 'FAIL', findings })

  const run = runOf(makeRun([makeGate('a', 'A', [check])]))

  assert.equal(run.results?.length, 5_000)
  assert.equal(run.invocations?.[0]?.toolExecutionNotifications?.at(-1)?.message.text, '3 more results were left out')
})

test('hostile names make neither a rule id nor a URI of their own', () => {
  for (const result of runOf(hostileRun()).results ?? []) {
    assert.match(result.ruleId ?? '', /^[a-z0-9/.-]{1,80}$/)
    assert.match(result.locations?.[0]?.physicalLocation?.artifactLocation?.uri ?? '', /^[\w.~!*'()%/-]+$/)
  }
})
