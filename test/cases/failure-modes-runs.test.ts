import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeProject, oneGate, runCli } from '../support/cli.ts'
import { startServer } from '../support/http-server.ts'
import { need } from '../support/need.ts'
import { commitAll, git } from '../support/signing.ts'

/*
 * How a gate lies, and the test that stages it: the title, and the file where it is another one.
 *
 * | what goes wrong                              | staged in                                                                              |
 * | -------------------------------------------- | -------------------------------------------------------------------------------------- |
 * | nothing ran, and it is green                 | a gate that is not there, fewer … than the floor (verdicts); a runner that found no tests |
 * | a scanner that scanned nothing               | a scan of nothing …                                                                    |
 * | the target is down                           | a backend that is down is ERROR (verdicts)                                             |
 * | no data, NaN                                 | a rate without samples …                                                               |
 * | misspelt, doubled and empty expectations     | … is a configuration error with its place (verdicts); honest checks are proven (prove) |
 * | the exit code is masked                      | a wrapper that hides the verdict …; a lying workflow (lint-ci); a report that cannot be written … (unpublished) |
 * | skipped counts as success                    | a required check that is skipped (verdicts)                                            |
 * | a shard is missing                           | a missing, a double, a foreign … shard (shards)                                        |
 * | results of another run                       | an outbox file of last week (verdicts); a killed run leaves no result (endings)        |
 * | another server, build or key                 | a target that runs another build …; … whose port another server has, a live key (verdicts) |
 * | retries launder flakiness                    | a pass at a later attempt only …; quarantine (quarantine)                              |
 * | a waiver for ever                            | a waiver that is over, malformed or for nothing …; waive                               |
 * | secrets in outputs                           | canaries (canaries); a backend that repeats a secret (verdicts) |
 * | applied is not what was approved             | apply-guard; attest; a check that times out is ERROR (verdicts)                        |
 * | the wrong evidence proves a drill or a retry | a doubled webhook …, a restore that was rolled back … (lies) |
 * | a gate that was never evaluated              | a gate that was not part of the run …                                                  |
 * | the report attacks its reader                | … a hostile answer … (lies); hostile runs (test/contracts/reporters) |
 * | a drill that cries wolf                      | … an honestly empty table … (lies); no false alarm: … (test/drill/proof/good) |
 * | the runner speaks to somebody else           | … is told for what they are (lies); init … speaking to nobody else (journeys) |
 * | an exception that reads as "clear"           | a check that throws …                                                                  |
 */

const noTarget = ['--base-url', 'http://127.0.0.1:9']
const resultsOf = (dir: string) => JSON.parse(readFileSync(join(dir, 'qa/g/v1.0.0/tests.json'), 'utf8'))
const checkOf = (dir: string, id: string) => resultsOf(dir).g_v1_0_0[id]
const there = '{ id: there, type: file, path: a.txt, expect: { exists: true } }'

test('a runner that found no tests, or skipped all of them, and ended well is NO_DATA: exit 3', async (t) => {
  const reports = {
    none: '<testsuites tests="0"></testsuites>',
    skipped:
      '<testsuite tests="1" skipped="1"><testcase name="pays" classname="shop"><skipped/></testcase></testsuite>',
  }
  for (const [name, xml] of Object.entries(reports)) {
    const check =
      '{ id: smoke, type: command, run: [cp, made.xml, out.xml], expect: { exit: 0, report: { junit: out.xml } } }'
    const dir = await makeProject(t, { 'gatekit.yaml': oneGate([check]), 'made.xml': xml })

    const { code } = await runCli(dir, ['run-all', ...noTarget])

    assert.deepEqual([code, checkOf(dir, 'smoke').status], [3, 'NO_DATA'], name)
  }
})

test('a scan of nothing is NO_DATA, a history that git cannot show whole is ERROR: exit 3', need('git'), async (t) => {
  const scan = (source: string) =>
    oneGate([`{ id: keys, type: keys, sources: [${source}], rules: [{ provider: stripe, forbid: live }] }`])
  const origin = await makeProject(t, { 'gatekit.yaml': scan('{ git: history }') })
  commitAll(origin, 'dev', 'first')
  commitAll(origin, 'dev', 'second')
  const shallow = join(await makeProject(t), 'shallow')
  git(origin, 'dev', 'clone', '-q', '--depth', '1', `file://${origin}`, shallow)
  const empty = await makeProject(t, { 'gatekit.yaml': scan('{ glob: "src/**/*.ts" }') })
  const noRepository = await makeProject(t, { 'gatekit.yaml': scan('{ git: history }') })

  for (const [dir, status, reason] of [
    [empty, 'NO_DATA', /nothing/],
    [noRepository, 'ERROR', /git/],
    [shallow, 'ERROR', /shallow/],
  ] as const) {
    assert.equal((await runCli(dir, ['run-all', ...noTarget])).code, 3)
    const { status: found, reason: said } = checkOf(dir, 'keys')
    assert.equal(found, status)
    assert.match(said, reason)
  }
})

test('a rate without samples, and one that is NaN, are no data and no pass: exit 3', async (t) => {
  const pages = ['', 'webhook_total{status="success"} NaN\n', 'webhook_total{status="success"} 0\n']
  const check =
    '{ id: rate, type: metrics, request: { path: / }, expect: [{ metric: webhook_total, labels: { status: success }, over: { metric: webhook_total }, value: { gt: 0.99 } }] }'
  let page = ''
  const url = await startServer(t, (_request, answer) => answer.end(page))
  for (page of pages) {
    const dir = await makeProject(t, { 'gatekit.yaml': oneGate([check]) })
    const { code } = await runCli(dir, ['run-all', '--base-url', url])
    assert.equal(code, 3, JSON.stringify(page))
    assert.equal(checkOf(dir, 'rate').status, 'NO_DATA', JSON.stringify(page))
  }
})

test('a wrapper that hides the verdict does not hide it from the deploy job, nor a pipe from the check', async (t) => {
  const piped = '{ id: piped, type: command, run: { shell: "exit 9 | cat; echo done" }, expect: { exit: 0 } }'
  const dir = await makeProject(t, { 'gatekit.yaml': oneGate([piped]) })

  const { code } = await runCli(dir, ['run-all', ...noTarget])
  const wrapped = 0
  const verified = await runCli(dir, ['verify', 'qa'])

  assert.deepEqual([code, checkOf(dir, 'piped').status], [1, 'FAIL'])
  assert.notEqual(verified.code, wrapped)
  assert.match(verified.stdout + verified.stderr, /FAIL/)
})

test('a target that runs another build is ERROR before any check touches it: exit 3', need('git'), async (t) => {
  const asked: (string | undefined)[] = []
  const url = await startServer(t, (request, answer) => {
    asked.push(request.url)
    answer.end(`{"sha":"${'0'.repeat(40)}"}`)
  })
  const config = [
    oneGate(['{ id: up, type: http, request: { path: /health }, expect: { status: 200 } }']),
    `environments: { staging: { mode: test, baseUrl: "${url}", identity: { path: /version, sha: $.sha } } }\n`,
  ].join('\n')
  const dir = await makeProject(t, { 'gatekit.yaml': config, '.gitignore': 'qa\n' })
  commitAll(dir, 'dev', 'first')

  const { code, stdout } = await runCli(dir, ['run-all', '--env', 'staging'])

  assert.equal(code, 3)
  assert.match(stdout, /^VERDICT ERROR/m)
  assert.deepEqual([...new Set(asked)], ['/version'])
  assert.equal(checkOf(dir, 'up').status, 'NOT_RUN')
})

test('a pass at a later attempt only is flaky, and exit 7 where flaky passes are not allowed', async (t) => {
  let count = 0
  const url = await startServer(t, (_request, answer) => answer.writeHead(++count % 2 === 1 ? 503 : 200).end())
  const check =
    '{ id: up, type: http, request: { path: / }, expect: { status: 200 }, retry: { max: 1, backoff: 1ms, on: [http-5xx] } }'
  const dir = await makeProject(t, { 'gatekit.yaml': oneGate([check]) })

  assert.equal((await runCli(dir, ['run-all', '--base-url', url])).code, 0)
  assert.equal(checkOf(dir, 'up').flaky, true)
  assert.equal((await runCli(dir, ['run-all', '--base-url', url, '--fail-on-flaky'])).code, 7)
})

test('a waiver that is over, malformed or for nothing covers nothing: exit 5, 2, 2', async (t) => {
  const gone = '{ id: gone, type: file, path: gone.txt, expect: { exists: true } }'
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
  const waiver = (check: string, expires: string) =>
    `${oneGate([gone])}\nwaivers: [{ check: ${check}, reason: outage, ticket: OPS-1, approvedBy: [ann], created: ${day(-9)}${expires} }]\n`
  const dir = await makeProject(t)
  const run = async (yaml: string) => {
    writeFileSync(join(dir, 'gatekit.yaml'), yaml)
    return (await runCli(dir, ['run-all', ...noTarget])).code
  }

  assert.equal(await run(waiver('g/gone', `, expires: ${day(-2)}`)), 5)
  assert.deepEqual([checkOf(dir, 'gone').status, checkOf(dir, 'gone').was], ['STALE', 'FAIL'])
  assert.equal(await run(waiver('g/gone', '')), 2)
  assert.equal(await run(waiver('g/gone', ', expires: never')), 2)
  assert.equal(await run(waiver('g/gnoe', `, expires: ${day(2)}`)), 2)
})

test('a gate that was not part of the run is named as not evaluated', async (t) => {
  const second = `  - id: later\n    checks:\n      - ${there}\n`
  const dir = await makeProject(t, { 'gatekit.yaml': `${oneGate([there])}\n${second}`, 'a.txt': '' })

  const { code, stdout, stderr } = await runCli(dir, ['run', 'g', ...noTarget])

  assert.equal(code, 0)
  assert.match(stdout + stderr, /not evaluated: .*later/i)
})

test('a check that throws is ERROR and never clear: exit 3', async (t) => {
  const zod = new URL('../../node_modules/zod/index.js', import.meta.url)
  const plugin = `import { z } from '${zod}'
export const audit = {
  type: 'audit', summary: 'Asks the register', options: z.object({ of: z.string() }), example: { of: 'x' },
  async run() { throw new TypeError('fetch failed') },
}`
  const config = `${oneGate(['{ id: clear, type: audit, of: shop }'])}\nplugins: [./audit.mjs]\n`
  const dir = await makeProject(t, { 'gatekit.yaml': config, 'audit.mjs': plugin })

  const { code } = await runCli(dir, ['run-all', ...noTarget])

  assert.equal(code, 3)
  assert.equal(checkOf(dir, 'clear').status, 'ERROR')
  assert.match(checkOf(dir, 'clear').reason, /fetch failed/)
})
