import assert from 'node:assert/strict'
import { test } from 'node:test'
import { junitReporter } from '../../src/report/junit.ts'
import { emptyRun, failingRun, hostile, makeCheck, makeGate, makeRun, passingRun } from './runs.ts'

const caseOf = (xml: string, name: string): string => {
  const line = xml.split('<testcase').find((each) => each.includes(` name="${name}"`))
  assert.ok(line, `no test case ${name}`)
  return line
}

test('each status has the element that CI systems understand', () => {
  const xml = junitReporter.render(failingRun())

  assert.match(caseOf(xml, 'rate_limit'), /<failure type="FAIL" message="expected 429/)
  assert.match(caseOf(xml, 'cache'), /<error type="ERROR" message="connect ECONNREFUSED/)
  assert.match(caseOf(xml, 'database'), /<error type="NO_DATA"/)
  assert.match(caseOf(xml, 'restore_drill'), /<error type="STALE"/)
  assert.match(caseOf(xml, 'qa_signoff'), /<error type="NOT_RUN"/)
  assert.match(caseOf(xml, 'tls'), /<skipped message="SKIP: when: environment is prod"/)
  assert.match(caseOf(xml, 'cors'), /<skipped message="WAIVED: FAIL waived until 2026-03-19 \(SHOP-1421\)/)
  assert.match(caseOf(xml, 'webhook_echo'), /<skipped message="BLOCKED: needs database"/)
  assert.match(caseOf(xml, 'shadow'), /<skipped message="advisory: NO_DATA - 0 of 5 samples"/)
  assert.ok(!xml.includes('e2e_report"'))
})

test('the verdict of a gate fails although its checks are only skipped', () => {
  const gate = makeGate('stage5', 'UAT', [makeCheck('stage5', 'signoff', { status: 'BLOCKED', needs: ['x'] })], {
    status: 'INCOMPLETE',
    reason: 'blocked by x',
  })

  const xml = junitReporter.render(makeRun([gate], { status: 'INCOMPLETE', exitCode: 4 }))

  assert.match(caseOf(xml, '[gate verdict] stage5'), /<failure type="INCOMPLETE" message="INCOMPLETE: blocked by x"/)
  assert.match(xml, /<testsuites name="gatekit release" tests="2" failures="1" errors="0" skipped="1"/)
})

test('a run that passes has no failure, a run of nothing has one', () => {
  assert.match(junitReporter.render(passingRun()), /failures="0" errors="0" skipped="0"/)
  assert.match(caseOf(junitReporter.render(emptyRun()), '[run verdict]'), /<failure type="INCOMPLETE"/)
})

test('expected and actual, attempts, place, evidence and how to reproduce are in the report', () => {
  const xml = junitReporter.render(failingRun())
  const limited = caseOf(xml, 'rate_limit')

  assert.match(limited, /file="gates\/bundle-a.gate.yaml" line="12"/)
  assert.match(limited, /status of request 101\n {2}expected: 429\n {2}actual: {3}200/)
  assert.match(limited, /reproduce: gatekit run bundle-a\/rate_limit/)
  assert.match(limited, /<system-out>attempt 1: FAIL all 120 requests/)
  assert.match(limited, /<property name="attachment" value="evidence\/rate_limit.http.json"\/>/)
})

test('what a server answers cannot close a tag, colour the report or break the XML', () => {
  const check = makeCheck('a', 'x', {
    status: 'FAIL',
    reason: hostile,
    findings: [{ subject: hostile, expected: 'a', actual: hostile }],
  })

  const xml = junitReporter.render(makeRun([makeGate('a', 'A', [check], { status: 'FAIL', reason: hostile })]))

  assert.ok(!/<script|<img|\]\]>|\u001b|\u0000|\[31m/.test(xml))
  assert.match(xml, /&#60;script&#62;alert\(1\)/)
})
