import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseJunit } from '../../../src/checks/reports/junit.ts'
import { BrokenReport } from '../../../src/checks/reports/tally.ts'

test('tests are counted from the test cases, whatever the writer nests', () => {
  const tally = parseJunit(`<?xml version="1.0"?>
    <testsuites tests="5"><testsuite name="a" tests="4" failures="1" errors="1" timestamp="2026-01-01T00:00:00Z">
      <testsuite name="inner"><testcase classname="pay" name="captures"/></testsuite>
      <testcase name="refunds"><failure message="expected 1 &lt; 2">trace</failure></testcase>
      <testcase name="voids"><error type="Boom"/></testcase>
      <testcase name="later"><skipped/></testcase>
    </testsuite><testsuite name="b"><testcase name="google" status="notrun"/></testsuite></testsuites>`)
  assert.deepEqual(tally, {
    tests: 5,
    passed: 1,
    failed: 2,
    skipped: 2,
    failures: [
      { name: 'refunds', message: 'expected 1 < 2' },
      { name: 'voids', message: 'Boom' },
    ],
    writtenMs: Date.parse('2026-01-01T00:00:00Z'),
  })
})

test('an error that a suite declares without a test case is a failure, counted once', () => {
  const tally = parseJunit(
    '<testsuites errors="1"><testsuite name="s" errors="1"><testcase name="a"/></testsuite></testsuites>',
  )
  assert.equal(tally.failed, 1)
  assert.equal(tally.failures[0]?.name, 's')
})

test('a time without a zone is not believed', () => {
  assert.equal(parseJunit('<testsuite timestamp="2020-01-01T00:00:00"/>').writtenMs, undefined)
})

test('what is cut off, not XML, or contradicts itself is refused', () => {
  const broken = [
    '',
    'no xml',
    '<html></html>',
    '<testsuite tests="2"><testcase name="a"/>',
    '<testsuite tests="2"><testcase name="a"/></testsuite>',
    '<testsuite><testcase name="a"></testsuite>',
    '<testsuite/><testsuite/>',
    '<!DOCTYPE t [<!ENTITY e "x">]><testsuite><testcase name="&e;"/></testsuite>',
  ]
  for (const text of broken) assert.throws(() => parseJunit(text), BrokenReport, text)
})
