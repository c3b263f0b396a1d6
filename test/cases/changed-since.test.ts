import assert from 'node:assert/strict'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { RunRecord } from '../../src/kernel/record.ts'
import { makeProject, runCli } from '../support/cli.ts'
import { commitAll } from '../support/signing.ts'

const check = '{ id: c, type: file, path: src/a.txt, expect: { exists: true } }'
const gates = `version: 1
project: case
environments:
  prod: { mode: test, baseUrl: "http://127.0.0.1:9", protected: true }
profiles:
  quick: { gates: [a, b], partial: true, ignore: ["**/*.md"] }
gates:
  - { id: a, title: A, inputs: ["src/**"], checks: [${check}] }
  - { id: b, title: B, inputs: ["other/**"], checks: [${check}] }
  - { id: always, title: Always, checks: [${check}] }
`

async function changed(t: TestContext) {
  const dir = await makeProject(t, {
    '.gitignore': 'qa\n',
    'src/a.txt': '1',
    'other/b.txt': '1',
    'README.md': '1',
    'package-lock.json': '{}',
    'gatekit.yaml': gates,
  })
  commitAll(dir, 'dev', 'first')
  const run = async (...args: string[]) => {
    const { code, stderr } = await runCli(dir, [
      'run-all',
      '--changed-since',
      'HEAD',
      '--base-url',
      'http://127.0.0.1:9',
      ...args,
    ])
    const record = JSON.parse(readFileSync(join(dir, 'qa/run.json'), 'utf8')) as RunRecord
    return { code, stderr, ran: record.gates.map(({ id }) => id), record }
  }
  return { dir, run, write: (file: string, text: string) => writeFileSync(join(dir, file), text) }
}

test('gates whose inputs have not changed are left out with the reason, and that is a pass only where the profile is partial', async (t) => {
  const { dir, run, write } = await changed(t)
  write('src/a.txt', '2')
  const whole = await run()
  assert.deepEqual([whole.code, whole.ran], [4, ['a', 'always']])
  assert.deepEqual(
    whole.record.notRun.map(({ id, reason }) => [id, reason]),
    [['b', 'NOT_SELECTED: no input of it has changed since HEAD']],
  )
  const partial = await run('--profile', 'quick')
  assert.deepEqual([partial.code, partial.ran, partial.record.profile], [0, ['a'], 'quick (changed since HEAD)'])
  assert.equal((await runCli(dir, ['verify', 'qa', '--profile', 'quick'])).code, 4)
})

test('changes of locks and gate files select everything', async (t) => {
  const { run, write } = await changed(t)
  write('package-lock.json', '{ }')
  assert.deepEqual((await run()).ran, ['a', 'b', 'always'])
  write('package-lock.json', '{}')
  write('gatekit.yaml', `${gates}\n`)
  const all = await run()
  assert.deepEqual([all.code, all.ran], [0, ['a', 'b', 'always']])
})

test('nothing selected is no pass, but nothing to do where all that changed is to be ignored', async (t) => {
  const { dir, run, write } = await changed(t)
  assert.equal((await run('--profile', 'quick')).code, 4)
  write('README.md', '2')
  const idle = await run('--profile', 'quick')
  assert.deepEqual([idle.code, idle.ran, idle.record.status], [0, [], 'INCOMPLETE'])
  assert.equal((await runCli(dir, ['verify', 'qa'])).code, 4)
  write('new.bin', '2')
  assert.equal((await run('--profile', 'quick')).code, 4)
  rmSync(join(dir, 'new.bin'))
})

test('a protected environment is judged as a whole, and a ref that git does not know stops the run', async (t) => {
  const { dir } = await changed(t)
  const run = (...args: string[]) => runCli(dir, ['run-all', ...args])
  const refused = await run('--changed-since', 'HEAD', '--env', 'prod')
  assert.equal(refused.code, 2)
  assert.match(refused.stderr, /prod: it is protected/)
  assert.equal((await run('--changed-since', 'nowhere', '--base-url', 'http://127.0.0.1:9')).code, 2)
  assert.equal((await run('--changed-since', '--output=x', '--base-url', 'http://127.0.0.1:9')).code, 2)
})

test('shards and their merge leave out what the plan has left out, and judge it as one run does', async (t) => {
  const { dir, write } = await changed(t)
  const at = ['--base-url', 'http://127.0.0.1:9']
  const shards = async (...selection: string[]) => {
    const planned = await runCli(dir, ['plan', ...selection, '--changed-since', 'HEAD', '-o', 'plan.json', ...at])
    assert.equal(planned.code, 0, planned.stderr)
    const shard = await runCli(dir, ['run-all', '--plan', 'plan.json', '--shard', '1/1', ...at])
    assert.equal(shard.code, 0, shard.stderr)
    rmSync(join(dir, 'shards'), { recursive: true, force: true })
    renameSync(join(dir, 'qa'), join(dir, 'shards'))
    const { code, stderr } = await runCli(dir, ['merge', 'shards', '--plan', 'plan.json'])
    const record = JSON.parse(readFileSync(join(dir, 'qa/run.json'), 'utf8')) as RunRecord
    return { code, stderr, ran: record.gates.map(({ id }) => id), left: record.notRun.map(({ id }) => id) }
  }
  write('src/a.txt', '2')
  const whole = await shards()
  assert.deepEqual([whole.code, whole.ran, whole.left], [4, ['a', 'always'], ['b']], whole.stderr)
  const partial = await shards('--profile', 'quick')
  assert.deepEqual([partial.code, partial.ran], [0, ['a']], partial.stderr)
})
