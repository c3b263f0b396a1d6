import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reporters } from '../../src/report/list.ts'
import { emptyRun, failingRun, hostileRun, passingRun } from '../report/runs.ts'

const names = Object.keys(reporters)

test('there are reporters to judge', () => {
  assert.deepEqual(names.sort(), ['ctrf', 'github', 'junit', 'markdown', 'sarif', 'tap'])
})

const runs = {
  passing: passingRun(),
  failing: failingRun(),
  empty: emptyRun(),
  hostile: hostileRun(),
  huge: hostileRun('x'.repeat(10_000)),
  'huge in one check': hugeReason(),
}

function hugeReason() {
  const run = failingRun()
  run.gates[0]!.checks[0] = {
    ...run.gates[0]!.checks[0]!,
    status: 'FAIL',
    reason: '<\u001b[31m\ud800]]>'.repeat(110_000),
  }
  return run
}

const forbidden = /[\u0000-\u0008\u000b-\u001f\u007f]|\p{Surrogate}|\u202e|\ufffe|\\u001b|\\ud8/u

for (const name of names) {
  test(`${name}: every run has a text, the same each time, with one final line break and no control characters`, async () => {
    const { render } = await reporters[name]!.load()
    for (const [kind, run] of Object.entries(runs)) {
      const before = JSON.stringify(run)

      const text = render(run)

      assert.ok(render(run) === text, `${kind}: not the same twice`)
      assert.ok(JSON.stringify(run) === before, `${kind}: the run was changed`)
      assert.ok(text.endsWith('\n') && !text.endsWith('\n\n'), kind)
      assert.ok(!forbidden.test(text), `${kind}: control characters`)
      assert.ok(text.length < 3_000_000, `${kind}: ${text.length} characters`)
    }
  })

  test(`${name}: is named, described and written to a plain file`, async () => {
    const definition = await reporters[name]!.load()

    assert.equal(definition.name, name)
    assert.ok(definition.summary.length > 10)
    assert.match(definition.file, /^[a-z]+\.[a-z]+$/)
  })

  test(`${name}: tells a failing run from a passing one`, async () => {
    const { render } = await reporters[name]!.load()
    const failing = failingRun()
    const passing = {
      ...failing,
      gates: passingRun().gates,
      status: 'PASS' as const,
      exitCode: 0 as const,
      reason: 'ok',
    }

    assert.notEqual(render(failing), render(passing))
  })
}
