import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ctrfReporter } from '../../src/report/ctrf.ts'
import { failingRun, makeCheck, makeGate, makeRun, passingRun } from './runs.ts'

interface Report {
  reportId: string
  results: {
    summary: Record<string, number> & { extra: Record<string, unknown> }
    environment: { healthy: boolean }
    tests: {
      name: string
      status: string
      rawStatus: string
      flaky?: boolean
      retries?: number
      suite: string[]
      labels?: object
    }[]
  }
}

const report = (run: Parameters<typeof ctrfReporter.render>[0]): Report => JSON.parse(ctrfReporter.render(run))

test('our statuses become theirs, and the counters are theirs added up', () => {
  const { summary, tests, environment } = report(failingRun()).results
  const statusOf = (name: string) => tests.find((each) => each.name === name)?.status

  assert.deepEqual(
    [
      'rate_limit',
      'cache',
      'database',
      'restore_drill',
      'cors',
      'tls',
      'webhook_echo',
      'qa_signoff',
      'shadow',
      'health',
    ].map(statusOf),
    ['failed', 'failed', 'failed', 'failed', 'other', 'skipped', 'pending', 'pending', 'other', 'passed'],
  )
  const { passed, failed, skipped, pending, other } = summary
  assert.equal(passed! + failed! + skipped! + pending! + other!, summary['tests'])
  assert.equal(environment.healthy, false)
  assert.equal(summary.extra['verdict'], 'FAIL')
})

test('a check that passed at its second attempt is flaky and keeps the first', () => {
  const flaky = report(passingRun()).results.tests.find((each) => each.flaky)

  assert.equal(flaky?.name, 'notify_sandbox')
  assert.equal(flaky?.retries, 1)
  assert.deepEqual(flaky?.suite, ['release', 'stage6'])
})

test('a gate below its floor is a failed test, although every check in it passed', () => {
  const gate = makeGate('a', 'A', [makeCheck('a', 'x')], { status: 'INCOMPLETE', reason: 'executed 1 of at least 5' })

  const { tests, summary } = report(makeRun([gate], { status: 'INCOMPLETE', exitCode: 4 })).results

  assert.equal(tests.at(-1)?.name, '[gate verdict] a')
  assert.equal(summary['failed'], 1)
})

test('another run has another report id, the same run the same', () => {
  const run = passingRun()

  assert.equal(report(run).reportId, report(run).reportId)
  assert.notEqual(report(run).reportId, report({ ...run, runId: 'other' }).reportId)
})
