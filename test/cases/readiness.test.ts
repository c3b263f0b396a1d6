import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeProject, runCli } from '../support/cli.ts'

const checklist = [
  'id: readiness',
  'title: Ready',
  'minChecks: 2',
  'checks:',
  '  - { id: retention, type: file, title: Retention is written down, path: docs/retention.md, expect: { exists: true } }',
  '  - { id: drill, type: drill-evidence, title: A drill within 8 days, expect: { restores: true } }',
  '',
].join('\n')

test('the checklist says n of m, what is missing and how to get it, and agrees with its exit code', async (t) => {
  const dir = await makeProject(t, {
    'gatekit.yaml': 'version: 1\nproject: p\ngates: [./gates/readiness.yaml]\n',
    'gates/readiness.yaml': checklist,
    'docs/retention.md': 'thirty days',
  })
  const { code, stdout } = await runCli(dir, ['readiness'])
  assert.equal(code, 3)
  assert.match(
    stdout,
    /\[x\] Retention is written down\n\[ \] A drill within 8 days {2}NO_DATA\n {6}no restore drill was ever made here\n {6}to get it: gatekit drill restore/,
  )
  assert.match(stdout, /NOT READY {2}1 of 2 {2}embedded/)
  const asJson = await runCli(dir, ['readiness', '--json'])
  assert.deepEqual([asJson.code, JSON.parse(asJson.stdout).gates[0].summary.pass], [3, 1])
})

test('the checklists that come with gatekit are added to a project without touching its comments, and are in order', async (t) => {
  const dir = await makeProject(t, {
    'gatekit.yaml':
      '# ours\nversion: 1\nproject: p\nenvironments: { prod: { mode: live, domain: api.example.com } }\ngates:\n  - { id: own, checks: [{ id: a, type: file, path: gatekit.yaml, expect: { exists: true } }] }\n',
  })
  const none = await runCli(dir, ['readiness'])
  assert.equal(none.code, 2)
  assert.match(none.stderr, /there is no gate readiness[\s\S]*gatekit init --from-stage readiness/)

  for (const name of ['readiness', 'promotion']) {
    const { code, stderr } = await runCli(dir, ['init', '--from-stage', name])
    assert.equal(code, 0, stderr)
    assert.equal(existsSync(join(dir, `gates/${name}.yaml`)), true)
  }
  assert.equal((await runCli(dir, ['init', '--from-stage', 'readiness'])).code, 2, 'never overwritten unasked')
  assert.match(
    readFileSync(join(dir, 'gatekit.yaml'), 'utf8'),
    /^# ours\n[\s\S]*id: own[\s\S]*\.\/gates\/readiness\.yaml\n[\s\S]*\.\/gates\/promotion\.yaml/,
  )
  const lint = await runCli(dir, ['lint', '--json'])
  assert.equal(lint.code, 0, lint.stderr)
  assert.deepEqual(JSON.parse(lint.stdout).gates, 3)
})

test('a broken readiness gate is a configuration error with its place', async (t) => {
  const dir = await makeProject(t, { 'gatekit.yaml': 'version: 1\nproject: p\ngates: [./gates/readiness.yaml]\n' })
  const missing = await runCli(dir, ['readiness'])
  assert.equal(missing.code, 2)
  writeFileSync(join(dir, 'gatekit.yaml'), 'version: 1\nproject: p\ngates: []\n')
  assert.equal((await runCli(dir, ['readiness'])).code, 2)
})
