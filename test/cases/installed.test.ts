import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openDatabase } from '../../src/backend/db/open.ts'
import { packageFile } from '../../src/kernel/package.ts'
import { makeProject, oneGate, runCli } from '../support/cli.ts'

test('a payments check without a contract judges our own backend, wherever the user is', async (t) => {
  const check = '{ id: own, type: payments, only: [A1], expect: { green: true } }'
  const dir = await makeProject(t, { 'gatekit.yaml': oneGate([check]) })

  const { code, stdout, stderr } = await runCli(dir, ['run-all'])

  assert.equal(code, 0, stdout + stderr)
  const { own } = JSON.parse(readFileSync(join(dir, 'qa/g/v1.0.0/tests.json'), 'utf8')).g_v1_0_0
  assert.equal(own.details.GREEN > 0, true)
})

test('the gates that come with gatekit read nothing from the folder where they are run', () => {
  const folder = packageFile('gates')
  const gates = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
  assert.ok(gates.length > 5)
  for (const name of gates) assert.doesNotMatch(readFileSync(join(folder, name), 'utf8'), /[ "]fixtures\//, name)
})

test('a command gets no address of a database that only gatekit itself can open', async (t) => {
  const look = "process.exit(Object.values(process.env).some((value) => value.startsWith('pglite://')) ? 1 : 0)"
  const dir = await makeProject(t, {
    'gatekit.yaml': oneGate([`{ id: look, type: command, run: [node, -e, "${look}"], expect: { exit: 0 } }`]),
  })

  const { code, stdout, stderr } = await runCli(dir, ['run-all'])

  assert.equal(code, 0, stdout + stderr)
})

test('the backend takes a database of another process for what it is and makes no folder of that name', async () => {
  await assert.rejects(openDatabase('pglite://embedded/app'), /unknown scheme/)
})
