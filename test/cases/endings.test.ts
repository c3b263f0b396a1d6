import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeProject, oneGate, runCli, startCli } from '../support/cli.ts'
import { startServer } from '../support/http-server.ts'
import { isRunning } from '../support/is-running.ts'
import { until } from '../support/until.ts'

const results = 'qa/g/v1.0.0/tests.json'
const passing = '{ id: ok, type: http, request: { path: / }, expect: { status: 200 } }'

const json = async (path: string) => JSON.parse(await readFile(path, 'utf8'))

test('--json FILE writes the record there and the verdict for people; --json alone prints the record', async (t) => {
  const url = await startServer(t, (_request, answer) => answer.end('ok'))
  const dir = await makeProject(t, { 'gatekit.yaml': oneGate([passing]) })

  const toFile = await runCli(dir, ['run-all', '--base-url', url, '--json', 'out.json'])
  const printed = await runCli(dir, ['--json', 'run-all', '--base-url', url])

  assert.equal(toFile.code, 0, toFile.stderr)
  assert.match(toFile.stdout, /^VERDICT PASS/)
  assert.equal((await json(join(dir, 'out.json'))).status, 'PASS')
  assert.equal(JSON.parse(printed.stdout).status, 'PASS')
})

test('a reader that leaves (gatekit … | head) does not change the exit code', async (t) => {
  const url = await startServer(t, (_request, answer) => answer.end('ok'))
  const dir = await makeProject(t, { 'gatekit.yaml': oneGate([passing]) })
  const cli = startCli(dir, ['run-all', '--base-url', url])

  cli.child.stdout?.destroy()
  cli.child.stderr?.destroy()

  assert.equal((await cli.ended).code, 0)
})

test('an error that nobody caught is a bug, exit 70, and not a failed check', async (t) => {
  const zod = new URL('../../node_modules/zod/index.js', import.meta.url)
  const plugin = [
    `import { z } from '${zod}'`,
    'export const broken = {',
    "  type: 'broken', summary: 'Breaks', options: z.object({ say: z.string() }), example: { say: 'x' },",
    "  run: () => new Promise(() => setTimeout(() => { throw new Error('out of band') }, 1)),",
    '}',
  ].join('\n')
  const dir = await makeProject(t, {
    'gatekit.yaml': `${oneGate(['{ id: odd, type: broken, say: hm }'])}\nplugins: [./broken.mjs]\n`,
    'broken.mjs': plugin,
  })

  const { code, stderr } = await runCli(dir, ['run-all', '--base-url', 'http://127.0.0.1:9'])

  assert.equal(code, 70)
  assert.match(stderr, /a bug in gatekit: out of band\n {2}report: /)
})

test('an application that does not start is ERROR, exit 3, in the outputs too: an earlier PASS does not stand for it', async (t) => {
  const url = await startServer(t, (_request, answer) => answer.end('ok'))
  const dir = await makeProject(t, { 'gatekit.yaml': oneGate([passing]) })
  assert.equal((await runCli(dir, ['run-all', '--base-url', url])).code, 0)

  const { code, stderr } = await runCli(dir, [
    'run-all',
    '--base-url',
    'http://127.0.0.1:9',
    '--start',
    'echo no; exit 4',
  ])

  assert.equal(code, 3)
  assert.match(stderr, /ended before it was ready \(exit 4\)\n {2}its last lines:\n {4}no/)
  const { status, g_v1_0_0: gate } = await json(join(dir, results))
  assert.equal(status, 'ERROR')
  assert.equal(gate.ok.status, 'NOT_RUN')
})

test('a killed run leaves no result of an earlier run beside its own', async (t) => {
  const url = await startServer(t, (_request, answer) => answer.end('ok'))
  const later = `\n  - { id: later, checks: [${passing}] }\n`
  const slow =
    '{ id: slow, type: command, run: [sh, -c, "test -f free || { touch begun; sleep 300; }"], expect: { exit: 0 } }'
  const dir = await makeProject(t, { 'gatekit.yaml': `${oneGate([slow])}${later}`, free: '' })
  assert.equal((await runCli(dir, ['run-all', '--base-url', url])).code, 0)
  assert.equal((await json(join(dir, 'qa/later/v1.0.0/tests.json'))).status, 'PASS')
  await rm(join(dir, 'free'))
  const cli = startCli(dir, ['run-all', '--base-url', url])
  await until(() => existsSync(join(dir, 'begun')))

  cli.child.kill('SIGKILL')
  await cli.ended

  assert.ok(!existsSync(join(dir, 'qa/later/v1.0.0/tests.json')))
})

for (const { name, signals, codes } of [
  // Of two signals that wait at once the kernel lets either be seen first.
  { name: 'a second signal', signals: ['SIGINT', 'SIGTERM'] as const, codes: [130, 143] },
  { name: 'a closed terminal', signals: ['SIGHUP'] as const, codes: [143] },
]) {
  test(`${name} leaves nothing of the application that --start started`, async (t) => {
    const dir = await makeProject(t, { 'gatekit.yaml': oneGate([passing]) })
    const app = `${signals.length > 1 ? "trap '' TERM; " : ''}echo $$ > new; mv new pid; while :; do sleep 1; done`
    const cli = startCli(dir, ['run-all', '--base-url', 'http://127.0.0.1:9', '--start', app])
    await until(() => existsSync(join(dir, 'pid')))
    const pid = Number(await readFile(join(dir, 'pid'), 'utf8'))

    for (const signal of signals) cli.child.kill(signal)

    const { code } = await cli.ended
    assert.ok(codes.includes(code ?? 0), `exit ${code}`)
    await until(() => !isRunning(pid))
  })
}

test('reports of an earlier run do not stay beside the results of the next, and --reporter may be repeated', async (t) => {
  const url = await startServer(t, (_request, answer) => answer.end('ok'))
  const dir = await makeProject(t, { 'gatekit.yaml': oneGate([passing]) })
  const files = ['qa/reports/junit.xml', 'qa/reports/report.tap', 'qa/g/v1.0.0/junit.xml', 'qa/g/v1.0.0/report.tap']
  const present = () => files.filter((file) => existsSync(join(dir, file)))

  await runCli(dir, ['run-all', '--base-url', url, '--reporter', 'junit', '--reporter', 'tap'])
  assert.deepEqual(present(), files)
  await runCli(dir, ['run-all', '--base-url', url])

  assert.deepEqual(present(), [])
})

test('outputs that cannot be written are said with the verdict, and no bug; annotations leave --json alone', async (t) => {
  const url = await startServer(t, (_request, answer) => answer.writeHead(500).end())
  const dir = await makeProject(t, { 'gatekit.yaml': oneGate([passing]), summary: '' })
  const args = ['run-all', '--base-url', url, '--reporter', 'github']

  const broken = await runCli(dir, args, { GITHUB_STEP_SUMMARY: join(dir, 'none/summary') })
  const asJson = await runCli(dir, [...args, '--json'], { GITHUB_STEP_SUMMARY: join(dir, 'summary') })

  assert.equal(broken.code, 1)
  assert.match(broken.stderr, /none\/summary cannot be written \(ENOENT\)/)
  assert.match(broken.stdout, /^::error file=gatekit\.yaml[\s\S]*^VERDICT FAIL/m)
  assert.match(broken.stdout, /exit 1\)$/m)
  assert.equal(JSON.parse(asJson.stdout).status, 'FAIL')
  assert.match(asJson.stderr, /^::error file=gatekit\.yaml/m)
  assert.match(await readFile(join(dir, 'summary'), 'utf8'), /FAIL/)
})

test('stage6 is as green from a folder inside the project as from its top', async (t) => {
  const gate = await readFile(new URL('../../gates/stage6.yaml', import.meta.url), 'utf8')
  const config = 'version: 1\nproject: case\ngates: [./stage6.yaml]\n'
  const dir = await makeProject(t, { 'gatekit.yaml': config, 'stage6.yaml': gate, 'inner/file': '' })

  const { code, stderr } = await runCli(join(dir, 'inner'), ['stage6'])

  assert.equal(code, 0, stderr)
})
