import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeProject, oneGate, runCli } from '../../support/cli.ts'

test('gatekit lint names the place of each mistake in drill:', async (t) => {
  const drill = 'drill:\n  rto: soon\n  depht: full\n'
  const root = await makeProject(t, {
    'gatekit.yaml': `${oneGate(['{ id: one, type: command, run: ["true"], expect: { exit: 0 } }'])}\n${drill}`,
  })

  const { code, stderr } = await runCli(root, ['lint'])

  assert.equal(code, 2, stderr)
  assert.match(stderr, /rto: expected a duration[\s\S]*gatekit\.yaml:\d+:8/)
  assert.match(stderr, /unknown key "depht"[\s\S]*gatekit\.yaml:\d+:3/)
})
