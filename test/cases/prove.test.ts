import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeProject, oneGate, runCli } from '../support/cli.ts'

const address = ['--base-url', 'http://127.0.0.1:9']

test('honest checks are proven; one that hides a failure is named with the twin that survived', async (t) => {
  const honest = '{ id: there, type: file, path: a.txt, expect: { contains: a } }'
  const hiding = '{ id: hiding, type: command, run: { shell: "ls / || true" }, expect: { exit: 0 } }'
  const good = await makeProject(t, { 'a.txt': 'a', 'gatekit.yaml': oneGate([honest]) })
  const proven = await runCli(good, ['prove', ...address])
  assert.equal(proven.code, 0, proven.stdout + proven.stderr)
  assert.match(proven.stdout, /PROVED {2}1 checks, 2 twins, 0 survived/)

  const bad = await makeProject(t, { 'a.txt': 'a', 'gatekit.yaml': oneGate([honest, hiding]) })
  const caught = await runCli(bad, ['prove', ...address])
  assert.equal(caught.code, 1)
  assert.match(caught.stdout, /SURVIVED {2}g\/hiding {2}passes with: programs missing/)
  const json = JSON.parse((await runCli(bad, ['prove', ...address, '--json'])).stdout)
  assert.deepEqual(json.survivors, [{ check: 'g/hiding', type: 'command', twin: 'programs missing' }])
})

test('a check that is red already is not proven, and no check at all proves nothing', async (t) => {
  const red = await makeProject(t, {
    'gatekit.yaml': oneGate(['{ id: gone, type: file, path: a.txt, expect: { exists: true } }']),
  })
  const { code, stderr } = await runCli(red, ['prove', ...address])
  assert.equal(code, 3)
  assert.match(stderr, /UNPROVEN {2}g\/gone {2}FAIL/)
})
