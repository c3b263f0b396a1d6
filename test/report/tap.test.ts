import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tapReporter } from '../../src/report/tap.ts'
import { emptyRun, failingRun, hostileRun, passingRun } from './runs.ts'

test('a gate is a subtest whose line is its verdict, and the run has the last word', () => {
  const text = tapReporter.render(failingRun())

  assert.match(text, /^TAP version 14\n1\.\.10\n# Subtest: packs\n {4}1\.\.8\n {4}ok 1 - login\n/)
  assert.match(text, /\n {4}not ok 3 - rate_limit\n {6}---\n {6}status: "FAIL"\n/)
  assert.match(text, /\nnot ok 2 - bundle-a\n {2}---\n/)
  assert.match(text, /\nnot ok 10 - \[run verdict\] release FAIL exit 1\n/)
})

test('waivers and allowed skips are skips, advisory checks are TODO, everything else that is not PASS is not ok', () => {
  const text = tapReporter.render(failingRun())

  assert.match(text, /\n {4}ok 2 - cors # SKIP WAIVED: FAIL waived until/)
  assert.match(text, /\n {4}ok 3 - tls # SKIP SKIP: when/)
  assert.match(text, /\n {4}not ok 4 - shadow # TODO advisory: 0 of 5 samples/)
  for (const name of [
    'cache',
    'database',
    'webhook_echo',
    'restore_drill',
    'product_signoff',
    'qa_signoff',
    'e2e_report',
  ])
    assert.match(text, new RegExp(`\\n {4}not ok \\d - ${name}\\n`))
})

test('a run of nothing is not ok, a passing run has no not ok', () => {
  assert.match(tapReporter.render(emptyRun()), /\n1\.\.1\nnot ok 1 - \[run verdict\]/)
  assert.ok(!tapReporter.render(passingRun()).includes('not ok'))
})

test('hostile text starts no line and no directive', () => {
  const lines = tapReporter.render(hostileRun()).split('\n')

  for (const line of lines)
    assert.match(line, /^ *(?:TAP version 14|\d+\.\.\d+|# Subtest: .*|(?:not )?ok \d+ - .*|---|\.\.\.|\w+: .*|)$/)
  assert.ok(lines.every((line) => !/^ *(?:ok|not ok) .*[^\\]#(?! (?:SKIP|TODO) )/.test(line)))
})
