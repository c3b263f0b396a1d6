import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeProject, oneGate, runCli } from '../support/cli.ts'

const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
const waive = (expires: string, check = 'g/bad') => [
  ...['waive', check, '--reason', 'the vendor is down', '--ticket', 'OPS-7'],
  ...['--approved-by', 'ann, bob', '--expires', expires],
]

test('a waiver is written beside the comments of gatekit.yaml, and the check still runs', async (t) => {
  const dir = await makeProject(t)
  const gates = oneGate(['{ id: bad, type: file, path: nothing.txt, expect: { exists: true } }'])
  writeFileSync(join(dir, 'gatekit.yaml'), `# keep me\n${gates}`)
  assert.equal((await runCli(dir, ['run', 'g'])).code, 1)

  const written = await runCli(dir, waive(day(10)))
  assert.equal(written.code, 0, written.stderr)
  assert.match(written.stdout, /g\/bad is waived until .*10 days left, OPS-7.*still runs/)
  assert.match(readFileSync(join(dir, 'gatekit.yaml'), 'utf8'), /^# keep me\n[\s\S]*waivers:\n[\s\S]*check: g\/bad/)

  const run = await runCli(dir, ['run', 'g', '--json'])
  assert.equal(run.code, 0)
  const [check] = JSON.parse(run.stdout).gates[0].checks
  assert.deepEqual([check.status, check.was, check.waiver.daysLeft], ['WAIVED', 'FAIL', 10])
  assert.match((await runCli(dir, waive(day(20)))).stderr, /has a waiver already/)
})

test('a waiver that never ends, is for no check, or begins in the past is refused and nothing is written', async (t) => {
  const dir = await makeProject(t, {
    'gatekit.yaml': oneGate(['{ id: bad, type: file, path: nothing.txt, expect: { exists: true } }']),
  })
  const before = readFileSync(join(dir, 'gatekit.yaml'), 'utf8')
  const said = async (args: string[]) => {
    const { code, stderr } = await runCli(dir, args)
    assert.equal(code, 2)
    return stderr
  }
  assert.match(await said(waive(day(120))), /lasts at most 90/)
  assert.match(await said(waive(day(-1))), /is before created/)
  assert.match(await said(waive('never')), /expected a date/)
  assert.match(await said(waive(day(5), 'g/bda')), /there is no check g\/bda[\s\S]*g\/bad/)
  assert.match(await said(waive(day(5)).slice(0, -2)), /expires/)
  assert.equal(readFileSync(join(dir, 'gatekit.yaml'), 'utf8'), before)
})
