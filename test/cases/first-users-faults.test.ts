import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeProject, oneGate, runCli } from '../support/cli.ts'
import { startServer } from '../support/http-server.ts'
import { need } from '../support/need.ts'
import { commitAll } from '../support/signing.ts'

const noTarget = ['--base-url', 'http://127.0.0.1:9']
const fixture = (name: string): string => readFileSync(`fixtures/first-users/${name}`, 'utf8')
const checksOf = (dir: string) => JSON.parse(readFileSync(join(dir, 'qa/g/v1.0.0/tests.json'), 'utf8')).g_v1_0_0

test('a message of two years ago is STALE by the time that it tells, though its file is new: exit 5', async (t) => {
  const name = 'outbox/1697123456_generic.json'
  const check = `{ id: sent, type: file, path: ${name}, expect: { newerThan: run.start, at: $.ts } }`
  const dir = await makeProject(t, { 'gatekit.yaml': oneGate([check]), [name]: fixture(name) })

  const { code } = await runCli(dir, ['run-all', ...noTarget])

  assert.deepEqual([code, checksOf(dir).sent.status], [5, 'STALE'])
})

test('a checkout address that only a mock answers is FAIL, with the address: exit 1', async (t) => {
  const url = await startServer(t, (_request, answer) => answer.end(fixture('checkout.json')))
  const json = '{ $.url: { match: "^https://checkout[.]stripe[.]com/c/pay/cs_test_" }, $.livemode: false }'
  const check = `{ id: checkout, type: http, request: { path: / }, expect: { status: 200, json: ${json} } }`
  const dir = await makeProject(t, { 'gatekit.yaml': oneGate([check]) })

  const { code, stderr } = await runCli(dir, ['run-all', '--base-url', url])

  assert.equal(code, 1)
  assert.match(stderr, /sandbox\.stripe\.com\/checkout\/session\/test/)
  assert.match(stderr, /\$\.livemode/)
})

test('nine promised checks of which eight exist are below the floor: exit 4', async (t) => {
  const eight = Array.from({ length: 8 }, (_, i) => `{ id: c${i}, type: file, path: a, expect: { exists: true } }`)
  const dir = await makeProject(t, { 'gatekit.yaml': oneGate(eight, 'minChecks: 9'), a: '' })

  const { code, stdout } = await runCli(dir, ['run-all', ...noTarget])

  assert.equal(code, 4)
  assert.match(stdout, /^VERDICT INCOMPLETE .*8.*9/m)
})

test('READY is no result: a report that says so does not pass', async (t) => {
  const check =
    '{ id: table, type: command, run: [cp, ready.ctrf.json, out.json], expect: { exit: 0, report: { ctrf: out.json } } }'
  const dir = await makeProject(t, {
    'gatekit.yaml': oneGate([check]),
    'ready.ctrf.json': fixture('ready.ctrf.json'),
  })

  const { code } = await runCli(dir, ['run-all', ...noTarget])

  assert.equal(code, 3)
  assert.match(checksOf(dir).table.status, /^(ERROR|NO_DATA)$/)
})

test('a workflow that sleeps, keeps evidence of passes only and applies what nobody reviewed is told by rule', async (t) => {
  const dir = await makeProject(t, { '.github/workflows/ship.yml': fixture('workflow.yml') })

  const { code, stdout } = await runCli(dir, ['lint-ci', '--json'])

  assert.equal(code, 1)
  const rules = JSON.parse(stdout).findings.map(({ rule }: { rule: string }) => rule)
  for (const rule of ['sleep', 'upload-not-always', 'upload-may-be-empty', 'no-timeout', 'deploy-without-verify'])
    assert.ok(rules.includes(rule), `${rule} of ${rules}`)
})

test('a checklist that nobody signed is NO_DATA, with 0 of n: exit 3', need('git'), async (t) => {
  const item = (id: string) => `{ id: ${id}, type: attest, statement: "${id} is done", by: { count: 2 }, expires: 24h }`
  const dir = await makeProject(t, {
    'gatekit.yaml': oneGate(['backups', 'rollback', 'alerts'].map(item)),
    '.gitignore': 'qa\n',
  })
  commitAll(dir, 'dev', 'first')

  const { code } = await runCli(dir, ['run-all', ...noTarget])

  assert.equal(code, 3)
  const checks = Object.values(checksOf(dir)) as { status: string; reason: string }[]
  assert.deepEqual([...new Set(checks.map(({ status }) => status))], ['NO_DATA'])
  for (const { reason } of checks) assert.match(reason, /^0 of 2 approvals: nobody has signed/)
})

test('a backup whose rows can be counted, and that is cut off, is not proved by a drill: exit 1', async (t) => {
  const dir = await makeProject(t, { 'counted.sql': fixture('counted.sql') })

  const { code, stdout } = await runCli(dir, ['drill', 'restore', '--backup', 'counted.sql', '--engine', 'pglite'])

  assert.equal(code, 1)
  assert.match(stdout, /TRUNCATED|cut off/i)
  assert.doesNotMatch(stdout, /DRILL PASSED/)
})

test('a live key in the variables of Terraform is FAIL at its line, and is not shown: exit 1', async (t) => {
  const key = `sk_live_${'51FirstUsers0001aB3dE5gH7jK9mN1pQ3'}`
  const check =
    '{ id: keys, type: keys, sources: [{ glob: "*.tfvars" }], rules: [{ provider: stripe, forbid: live, outside: [prod] }] }'
  const dir = await makeProject(t, {
    'gatekit.yaml': oneGate([check]),
    'prod.tfvars': fixture('prod.tfvars').replace('{{live_key}}', key),
  })

  const { code, stdout, stderr } = await runCli(dir, ['run-all', ...noTarget])

  assert.equal(code, 1)
  assert.match(stderr, /prod\.tfvars:2/)
  assert.ok(!`${stdout}${stderr}${JSON.stringify(checksOf(dir))}`.includes(key))
})

test('a shadow without a sample is NO_DATA and no agreement: exit 3', async (t) => {
  const check = '{ id: shadow, type: shadow, samples: shadow.jsonl, minSamples: 20 }'
  const dir = await makeProject(t, { 'gatekit.yaml': oneGate([check]), 'shadow.jsonl': '' })

  const { code } = await runCli(dir, ['run-all', ...noTarget])

  assert.deepEqual([code, checksOf(dir).shadow.status], [3, 'NO_DATA'])
})

test('outputs are UTF-8 without a byte order mark, the table for terminals is ASCII, whatever titles say', async (t) => {
  const title = '\u00dcberweisung \u2705 \u652f\u6255'
  const check = `{ id: a, title: "${title}", type: file, path: a, expect: { exists: true } }`
  const dir = await makeProject(t, { 'gatekit.yaml': oneGate([check]), a: '' })

  assert.equal((await runCli(dir, ['run-all', ...noTarget, '--reporter', 'junit,ctrf,markdown,tap,sarif'])).code, 0)

  assert.match(readFileSync(join(dir, 'qa/g/v1.0.0/tests.txt'), 'latin1'), /^[\n\x20-\x7e]+$/)
  const entries = readdirSync(join(dir, 'qa'), { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const texts = files.map((file) => decoder.decode(readFileSync(file)))
  for (const text of texts) assert.doesNotMatch(text, /^\ufeff|\u00c3\u0153|\u00e2\u0153/)
  assert.ok(texts.some((text) => text.includes(title)))
})
