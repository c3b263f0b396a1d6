import assert from 'node:assert/strict'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { RunRecord } from '../../src/kernel/record.ts'
import { makeProject, runCli } from '../support/cli.ts'
import { commitAll } from '../support/signing.ts'

const gates = `version: 1
project: case
gates:
  - id: a
    title: A
    minChecks: 3
    checks:
      - { id: one, type: file, path: one.txt, expect: { exists: true } }
      - { id: two, type: command, run: [node, -e, "console.log(2)"], expect: { exit: 0 } }
      - { id: three, type: file, path: one.txt, needs: [two], expect: { exists: true } }
  - id: b
    title: B
    checks:
      - { id: four, type: file, path: one.txt, expect: { exists: true } }
`

const address = ['--base-url', 'http://127.0.0.1:9']

/** A project whose plan has been run in shards, each with its outputs in a folder of its own. */
async function sharded(t: TestContext, count: number) {
  const dir = await makeProject(t, { '.gitignore': 'qa\nshards\nplan.json\n', 'one.txt': '1', 'gatekit.yaml': gates })
  const sha = commitAll(dir, 'dev', 'first')
  assert.equal((await runCli(dir, ['plan', ...address, '-o', 'plan.json'])).code, 0)
  const run = async (index: number) => {
    const args = ['run-all', ...address, '--plan', 'plan.json', '--shard', `${index}/${count}`]
    const { code } = await runCli(dir, args)
    cpSync(join(dir, 'qa'), join(dir, 'shards', String(index)), { recursive: true })
    rmSync(join(dir, 'qa'), { recursive: true })
    return code
  }
  const merge = async (...dirs: string[]) => {
    const { code, stdout, stderr } = await runCli(dir, ['merge', '--plan', 'plan.json', ...dirs, '--json'])
    return { code, stderr, ...(JSON.parse(stdout || '{}') as Partial<RunRecord>) }
  }
  return { dir, sha, run, merge }
}

test('shards that all passed are merged into a pass that the deploy job verifies; no shard is one by itself', async (t) => {
  const { dir, sha, run, merge } = await sharded(t, 2)
  assert.deepEqual([await run(1), await run(2)], [0, 0])
  assert.equal((await runCli(dir, ['verify', 'shards/1', '--commit', sha])).code, 4)

  const merged = await merge('shards')

  assert.equal(merged.code, 0, merged.stderr)
  assert.deepEqual([merged.status, merged.summary?.executed, merged.shards?.length], ['PASS', 4, 2])
  const verified = await runCli(dir, ['verify', 'qa', '--commit', sha, '--env', 'given'])
  assert.equal(verified.code, 0, verified.stdout + verified.stderr)
  const results = JSON.parse(readFileSync(join(dir, 'qa/a/v1.0.0/tests.json'), 'utf8'))
  assert.deepEqual([results.status, results.gatekit.shards.length], ['PASS', 2])
  assert.match(readFileSync(join(dir, 'qa/status/index.html'), 'utf8'), /PASS/)
})

test('a missing, a double, a foreign, an edited and an unfinished shard are named, and none is a pass', async (t) => {
  const { dir, run, merge } = await sharded(t, 2)
  await run(1)
  await run(2)
  const missing = await merge('shards/1')
  assert.equal(missing.code, 4)
  assert.ok(missing.notes?.includes('shard 2 of 2 is missing'))
  assert.ok(missing.gates?.flatMap((gate) => gate.checks).some((check) => check.status === 'NOT_RUN'))
  assert.equal((await runCli(dir, ['verify', 'qa'])).code, 4)

  cpSync(join(dir, 'shards/1'), join(dir, 'shards/copy'), { recursive: true })
  const double = await merge('shards')
  assert.deepEqual([double.code, double.notes], [4, ['shard 1 is there twice: shards/1 and shards/copy']])
  rmSync(join(dir, 'shards/copy'), { recursive: true })

  const empty = await merge('shards', 'nowhere')
  assert.deepEqual([empty.code, empty.notes], [4, ['nowhere holds no record of a run']])

  const record = join(dir, 'shards/2/run.json')
  const text = readFileSync(record, 'utf8')
  writeFileSync(record, '{"status":"RUNNING","pid":1}')
  const unfinished = await merge('shards')
  assert.deepEqual([unfinished.code, unfinished.notes?.[0]?.includes('has not finished')], [4, true])

  writeFileSync(record, text.replace(/"planSha256": "...../, '"planSha256": "00000'))
  const foreign = await merge('shards')
  assert.notEqual(foreign.code, 0)
  assert.ok(foreign.notes?.includes('shards/2 is a shard of another plan'))

  writeFileSync(record, text.replace(/"reason": "[^"]*"/, '"reason": "well"'))
  const edited = await merge('shards')
  assert.deepEqual([edited.code, edited.notes], [1, ['shards/2: run.json is not what the run left']])

  writeFileSync(record, '{"status":"PASS","gates":[null]}')
  assert.equal((await merge('shards')).code, 4)
  writeFileSync(record, text)
  assert.equal((await merge('shards')).code, 0)
  assert.equal((await merge('qa')).code, 2)
})

test('a failure in any shard is the verdict of the merge', async (t) => {
  const { dir, run, merge } = await sharded(t, 3)
  assert.equal(await run(1), 0)
  rmSync(join(dir, 'one.txt'))
  const codes = [await run(2), await run(3)]
  assert.ok(codes.includes(1))
  const merged = await merge('shards')
  assert.deepEqual([merged.code, merged.status], [1, 'FAIL'])
})

test('an empty shard leaves a record that says so, and more shards than chains still pass', async (t) => {
  const { dir, run, merge } = await sharded(t, 5)
  for (let index = 1; index <= 5; index++) assert.equal(await run(index), 0)
  const last = JSON.parse(readFileSync(join(dir, 'shards/5/run.json'), 'utf8')) as RunRecord
  assert.deepEqual([last.status, last.gates, last.shard], ['INCOMPLETE', [], { index: 5, count: 5, exitCode: 0 }])
  assert.equal((await merge('shards')).code, 0)
})

test('a shard of a plan that is no longer the plan does not run', async (t) => {
  const { dir } = await sharded(t, 2)
  const run = (...args: string[]) => runCli(dir, ['run-all', ...address, ...args])
  assert.equal((await run('--shard', '3/2')).code, 2)
  assert.equal((await run('--plan', 'none.json')).code, 4)
  writeFileSync(join(dir, 'gatekit.yaml'), gates.replace('title: B', 'title: C'))
  const changed = await run('--plan', 'plan.json', '--shard', '1/2')
  assert.equal(changed.code, 2)
  assert.match(changed.stderr, /the gate files have changed since the plan was written/)
  assert.equal((await runCli(dir, ['merge', '--plan', 'plan.json', 'shards'])).code, 4)
})
