import assert from 'node:assert/strict'
import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { commandCheck } from '../../src/checks/command.ts'
import { createBench, findingsOf, runCheck } from '../support/check-context.ts'

const node = (script: string) => [process.execPath, '-e', script]
const junit = (cases: string, attributes = '') => `<testsuite name="s" ${attributes}>${cases}</testsuite>`
const writes = (content: string, path = 'reports/a.xml') =>
  node(`fs.mkdirSync('reports',{recursive:true});fs.writeFileSync(${JSON.stringify(path)},${JSON.stringify(content)})`)

test('a program that ends as expected passes and its output is kept', async (t) => {
  const bench = await createBench(t)
  bench.values['TOKEN'] = 'opaque-token-654321'
  const outcome = await runCheck(
    commandCheck,
    {
      run: node(
        `console.log('ready', process.env.MODE, process.env.SECRET.length); console.error('warn'); process.exit(3)`,
      ),
      env: { MODE: 'mock', SECRET: { env: 'TOKEN' } },
      expect: {
        exit: [0, 3],
        stdout: { contains: 'ready mock 19', notContains: 'opaque' },
        stderr: { match: '^warn$' },
      },
    },
    bench,
  )
  assert.equal(outcome.status, 'PASS')
  assert.equal(bench.kept.get('stdout.txt'), 'ready mock 19\n')
  assert.match(outcome.reproduce?.[0] ?? '', /^MODE=mock SECRET="\$TOKEN" /)
})

test('a wrong exit code fails with the last words of the program', async (t) => {
  const outcome = await runCheck(
    commandCheck,
    { run: node(`console.error('disk full'); process.exit(1)`), expect: { exit: 0 } },
    await createBench(t),
  )
  assert.equal(outcome.status, 'FAIL')
  assert.deepEqual(findingsOf(outcome), ['exit code: 0 -> 1', 'stderr: exit 0 -> disk full'])
})

test('the exit code counts even when only the output is expected', async (t) => {
  const outcome = await runCheck(
    commandCheck,
    { run: node(`console.log('fine'); process.exit(1)`), expect: { stdout: { contains: 'fine' } } },
    await createBench(t),
  )
  assert.equal(outcome.status, 'FAIL')
})

test('in a shell, a failure before the last pipe is a failure', async (t) => {
  const bench = await createBench(t)
  const shell = (line: string) => runCheck(commandCheck, { run: { shell: line }, expect: { exit: 0 } }, bench)
  assert.equal((await shell('false | cat')).status, 'FAIL')
  assert.equal((await shell('false; true')).status, 'FAIL')
  assert.equal((await shell('true | cat')).status, 'PASS')
  assert.equal((await shell('no-such-program-here')).status, 'ERROR')
})

test('what cannot be run, or crashes, is ERROR', async (t) => {
  const bench = await createBench(t)
  const expect = { exit: 0 }
  const outcomes = [
    await runCheck(commandCheck, { run: ['no-such-program-here'], expect }, bench),
    await runCheck(commandCheck, { run: node(''), cwd: 'nowhere', expect }, bench),
    await runCheck(commandCheck, { run: node(''), cwd: '../..', expect }, bench),
    await runCheck(commandCheck, { run: node(''), env: { A: { env: 'UNSET' } }, expect }, bench),
    await runCheck(commandCheck, { run: node(`process.kill(process.pid, 'SIGKILL')`), expect }, bench),
  ]
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    outcomes.map(() => 'ERROR'),
  )
  assert.match(outcomes[0]?.reason ?? '', /no such program/)
  assert.match(outcomes[4]?.reason ?? '', /SIGKILL/)
})

test('a report decides by the tests that were executed', async (t) => {
  const bench = await createBench(t)
  const statusOf = async (content: string, report: object = {}) =>
    (
      await runCheck(
        commandCheck,
        { run: writes(content), expect: { report: { junit: 'reports/*.xml', ...report } } },
        bench,
      )
    ).status
  const passed = '<testcase name="a"/><testcase name="b"/>'
  const failed = '<testcase name="c"><failure message="no"/></testcase>'
  const skipped = '<testcase name="d"><skipped/></testcase>'

  assert.equal(await statusOf(junit(passed), { minTests: 2 }), 'PASS')
  assert.equal(await statusOf(junit(passed + skipped), { minTests: 3 }), 'FAIL', 'skipped ones do not count')
  assert.equal(await statusOf(junit(passed + skipped), { maxSkipped: 0 }), 'FAIL')
  assert.equal(await statusOf(junit(passed + failed)), 'FAIL')
  assert.equal(await statusOf(junit(passed + failed), { maxFailures: 1 }), 'PASS')
  assert.equal(await statusOf(junit('')), 'NO_DATA')
  assert.equal(await statusOf(junit(skipped)), 'NO_DATA')
  assert.equal(await statusOf(junit(passed).slice(0, -4)), 'ERROR')
})

test('a report that this command did not write is stale', async (t) => {
  const bench = await createBench(t)
  const path = join(bench.rootDir, 'reports/a.xml')
  await mkdir(join(bench.rootDir, 'reports'))
  await writeFile(path, junit('<testcase name="a"/>'))
  const expect = { report: { junit: 'reports/*.xml' } }
  const untouched = await runCheck(commandCheck, { run: node(''), expect }, bench)
  const copied = await runCheck(commandCheck, { run: node(`fs.utimesSync('reports/a.xml', 1e9, 1e9)`), expect }, bench)
  const oldInside = await runCheck(
    commandCheck,
    { run: writes(junit('<testcase name="a"/>', 'timestamp="2020-01-01T00:00:00Z"')), expect },
    bench,
  )
  const none = await runCheck(commandCheck, { run: node(''), expect: { report: { junit: 'none/*.xml' } } }, bench)
  assert.deepEqual(
    [untouched, copied, oldInside, none].map(({ status }) => status),
    ['STALE', 'STALE', 'STALE', 'NO_DATA'],
  )
})

test('with newerThan: run.start a report of an earlier check of this run will do, one of an earlier run will not', async (t) => {
  const bench = await createBench(t)
  await mkdir(join(bench.rootDir, 'reports'))
  await writeFile(join(bench.rootDir, 'reports/a.xml'), junit('<testcase name="a"/>'))
  const options = { run: node(''), expect: { report: { junit: 'reports/*.xml', newerThan: 'run.start' as const } } }
  assert.equal((await runCheck(commandCheck, options, bench)).status, 'PASS')
  await utimes(join(bench.rootDir, 'reports/a.xml'), 1e9, 1e9)
  assert.equal((await runCheck(commandCheck, options, bench)).status, 'STALE')
})

test('a failed program fails even when its report is green', async (t) => {
  const [file, flag, script] = writes(junit('<testcase name="a"/>')) as [string, string, string]
  const outcome = await runCheck(
    commandCheck,
    { run: [file, flag, `${script};process.exit(1)`], expect: { report: { junit: 'reports/*.xml' } } },
    await createBench(t),
  )
  assert.equal(outcome.status, 'FAIL')
})

test('a check whose time is up is ERROR, and what it started is gone', async (t) => {
  const stop = new AbortController()
  const bench = await createBench(t, { signal: stop.signal })
  bench.progress = () => setImmediate(() => stop.abort(new DOMException('too long', 'TimeoutError')))
  const outcome = await runCheck(commandCheck, { run: node('setInterval(() => {}, 1000)'), expect: { exit: 0 } }, bench)
  assert.deepEqual([outcome.status, outcome.cause], ['ERROR', 'timeout'])
})

test('output without end is bounded, and no text expectation is judged on a part of it', async (t) => {
  const run = node(`const block = 'x'.repeat(1 << 20); for (let i = 0; i < 12; i++) fs.writeSync(1, block)`)
  const bench = await createBench(t)
  const byExit = await runCheck(commandCheck, { run, expect: { exit: 0 } }, bench)
  const byText = await runCheck(commandCheck, { run, expect: { stdout: { notContains: 'y' } } }, bench)
  assert.deepEqual([byExit.status, byText.status], ['PASS', 'ERROR'])
  assert.ok((bench.kept.get('stdout.txt') ?? '').length < 9 * 1024 * 1024)
})

test('a check that was stopped before it began runs nothing to its end', async (t) => {
  const bench = await createBench(t, { signal: AbortSignal.abort() })
  const outcome = await runCheck(commandCheck, { run: node('setInterval(() => {}, 1000)'), expect: { exit: 0 } }, bench)
  assert.equal(outcome.status, 'ERROR')
})
