import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readHistory } from '../../src/gates/history.ts'
import { makeProject, oneGate, runCli } from '../support/cli.ts'

const there = '{ id: there, type: file, path: a.txt, expect: { exists: true } }'
const passing = { 'gatekit.yaml': oneGate([there]), 'a.txt': '' }
const run = ['run-all', '--base-url', 'http://127.0.0.1:9']

/** Outputs that somebody waits for, each with something in its way, and the file that cannot be written. */
const ways: { way: string; inTheWay: string; args?: string[]; env?: Record<string, string>; file: RegExp }[] = [
  {
    way: 'the step summary',
    inTheWay: 'file',
    args: ['--reporter', 'github'],
    env: { GITHUB_STEP_SUMMARY: 'file/summary' },
    file: /file\/summary/,
  },
  { way: 'the JSON that was asked for', inTheWay: 'file', args: ['--json', 'file/run.json'], file: /file\/run\.json/ },
  { way: 'the status site', inTheWay: 'qa/status', args: ['--reporter', 'junit'], file: /qa\/status/ },
]

for (const { way, inTheWay, args = [], env = {}, file } of ways) {
  test(`${way} that cannot be written takes the pass with it, in the record too: exit 3`, async (t) => {
    const dir = await makeProject(t, { ...passing, [inTheWay]: 'in the way' })

    const { code, stdout, stderr } = await runCli(dir, [...run, ...args], env)

    assert.equal(code, 3, stderr)
    assert.match(stdout, /^VERDICT ERROR .*exit 3\)$/m)
    assert.match(stderr, file)
    const { status, exitCode, reason } = JSON.parse(readFileSync(join(dir, 'qa/run.json'), 'utf8'))
    assert.deepEqual([status, exitCode], ['ERROR', 3])
    assert.match(reason, /cannot be written/)
  })
}

test('a report that cannot be written: every other output is there and says so, once, and no deploy job takes the run for a pass', async (t) => {
  const dir = await makeProject(t, { ...passing, 'qa/reports/report.tap/x': 'in the way' })
  const read = (path: string) => readFileSync(join(dir, path), 'utf8')

  const { code } = await runCli(dir, [...run, '--reporter', 'tap,junit', '--json', 'out.json'])
  const verified = await runCli(dir, ['verify', 'qa'])

  assert.equal(code, 3)
  assert.equal(verified.code, 3, verified.stdout + verified.stderr)
  assert.match(verified.stdout + verified.stderr, /the run is ERROR/)
  assert.equal(JSON.parse(read('out.json')).status, 'ERROR')
  assert.match(read('qa/reports/junit.xml'), /"\[run verdict\]" time="0.000"><failure type="ERROR"/)
  assert.equal(JSON.parse(read('qa/run.intoto.json')).predicate.result, 'FAILED')
  assert.match(read('qa/status/index.html'), /The outputs are not published/)
  assert.deepEqual(
    (await readHistory(join(dir, 'qa'))).map(({ status }) => status),
    ['ERROR'],
  )
})
