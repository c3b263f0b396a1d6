import assert from 'node:assert/strict'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { RunRecord } from '../../src/kernel/record.ts'
import { makeProject, oneGate, runCli } from '../support/cli.ts'
import { commitAll } from '../support/signing.ts'

/** A run in which one check failed because of the world around the commit. */
async function halfDone(t: TestContext) {
  const dir = await makeProject(t, {
    '.gitignore': 'qa\nworld\n',
    'gatekit.yaml': oneGate([
      '{ id: done, type: command, run: [node, -e, "console.log(1)"], expect: { exit: 0 } }',
      '{ id: first, type: command, run: [node, -e, "console.log(2)"], expect: { exit: 0 } }',
      '{ id: world, type: file, path: world/there, needs: [first], expect: { exists: true } }',
      '{ id: now, type: variables, require: [PATH] }',
    ]),
  })
  const sha = commitAll(dir, 'dev', 'first')
  const run = async (...args: string[]) => {
    const { code, stderr } = await runCli(dir, ['run-all', ...args])
    const record = JSON.parse(readFileSync(join(dir, 'qa/run.json'), 'utf8')) as RunRecord
    const reused = record.gates.flatMap((gate) => gate.checks).filter((check) => check.reusedFrom)
    return { code, stderr, record, reused: reused.map(({ id }) => id) }
  }
  const first = await run()
  assert.equal(first.code, 1)
  return { dir, sha, run, first: first.record }
}

test('what passed is not run again; what failed is, with what it needs, and what is about the world now; the deploy job verifies the result', async (t) => {
  const { dir, sha, run, first } = await halfDone(t)
  await import('node:fs/promises').then(({ mkdir }) => mkdir(join(dir, 'world')))
  writeFileSync(join(dir, 'world/there'), '1')

  const resumed = await run('--resume', 'last')

  assert.equal(resumed.code, 0, resumed.stderr)
  assert.deepEqual(resumed.reused, ['done'])
  const [done] = resumed.record.gates[0]!.checks
  assert.deepEqual(done?.reusedFrom, { runId: first.runId, finishedAt: first.finishedAt })
  assert.ok(Date.parse(resumed.record.validUntil) <= Date.parse(first.validUntil) + 1)
  const verified = await runCli(dir, ['verify', 'qa', '--commit', sha])
  assert.equal(verified.code, 0, verified.stdout)
})

test('another run, other gates, another commit, edited results and a dirty checkout are not resumed', async (t) => {
  const { dir, run } = await halfDone(t)
  const refused = async (why: RegExp, id = 'last') => {
    const { code, stderr } = await run('--resume', id)
    assert.equal(code, 4, stderr)
    assert.match(stderr, why)
  }
  await refused(/not 01NOTHERE/, '01NOTHERE')
  const config = readFileSync(join(dir, 'gatekit.yaml'), 'utf8')
  writeFileSync(join(dir, 'gatekit.yaml'), config.replace('title: Case', 'title: Other'))
  await refused(/the gate files have changed/)
  writeFileSync(join(dir, 'gatekit.yaml'), `${config}`)
  const record = readFileSync(join(dir, 'qa/run.json'), 'utf8')
  writeFileSync(join(dir, 'qa/run.json'), record.replace('"flaky": false', '"flaky": true'))
  await refused(/not what the run left/)
  writeFileSync(join(dir, 'qa/run.json'), record)
  commitAll(dir, 'dev', 'second')
  await refused(/about commit/)
  rmSync(join(dir, 'qa/run.json'))
  const { code } = await runCli(dir, ['run-all', '--resume', 'last'])
  assert.equal(code, 4)
})
