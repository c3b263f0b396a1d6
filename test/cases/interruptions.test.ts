import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeProject, oneGate, runCli, startCli } from '../support/cli.ts'
import { isRunning } from '../support/is-running.ts'
import { until } from '../support/until.ts'

const outDir = 'qa/g/v1.0.0'
const passing = '{ id: ok, type: http, title: up, request: { path: / }, expect: { status: 200 } }'

const json = async (path: string) => JSON.parse(await readFile(path, 'utf8'))

test('Ctrl-C in the middle leaves whole files, no PASS, and exit 130', async (t) => {
  const dir = await makeProject(t, {
    'gatekit.yaml': oneGate([
      '{ id: long, type: command, run: [sh, -c, "echo $$ > child; sleep 300"], expect: { exit: 0 } }',
      passing,
    ]),
  })
  const cli = startCli(dir, ['run-all', '--base-url', 'http://127.0.0.1:9'])
  const started = () => existsSync(join(dir, 'child'))
  await until(started)

  cli.child.kill('SIGINT')
  const { code, stdout } = await cli.ended

  assert.equal(code, 130)
  assert.doesNotMatch(stdout, /VERDICT PASS/)
  const tests = await json(join(dir, outDir, 'tests.json'))
  assert.equal(tests.status, 'INCOMPLETE')
  assert.equal(tests.g_v1_0_0.ok.status, 'NOT_RUN')
  const left = await readdir(dir, { recursive: true })
  assert.deepEqual(
    left.filter((file) => file.endsWith('.tmp')),
    [],
  )
  const child = Number(await readFile(join(dir, 'child'), 'utf8'))
  assert.equal(isRunning(child), false)
})

test('kill -9 in the middle leaves RUNNING and no results, and the next run says so', async (t) => {
  const dir = await makeProject(t, {
    'gatekit.yaml': oneGate([
      '{ id: long, type: command, run: [sh, -c, "test -f done || { touch begun; sleep 2; }"], expect: { exit: 0 } }',
    ]),
  })
  const cli = startCli(dir, ['run-all', '--base-url', 'http://127.0.0.1:9'])
  await until(() => existsSync(join(dir, 'begun')))

  cli.child.kill('SIGKILL')
  await cli.ended

  assert.equal((await json(join(dir, outDir, 'run.json'))).status, 'RUNNING')
  assert.ok(!existsSync(join(dir, outDir, 'tests.json')))
  await writeFile(join(dir, 'done'), '')
  const next = await runCli(dir, ['run-all', '--base-url', 'http://127.0.0.1:9'])
  assert.equal(next.code, 0)
  assert.match(next.stderr, /note: .*(killed|not finish|never finished|did not)/i)
})
