import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, readFile, symlink, utimes } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeProject, oneGate, runCli } from '../support/cli.ts'
import { startServer } from '../support/http-server.ts'
import { isRunning } from '../support/is-running.ts'

const outDir = 'qa/g/v1.0.0'
const passing = '{ id: ok, type: http, title: up, request: { path: / }, expect: { status: 200 } }'

const json = async (path: string) => JSON.parse(await readFile(path, 'utf8'))

/** Every byte of every file below a folder. */
async function everythingIn(dir: string): Promise<string> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n')
}

test('a passing gate exits 0 and leaves tests.json in the shape its first users read', async (t) => {
  const url = await startServer(t, (_request, answer) => answer.end('ok'))
  const dir = await makeProject(t, { 'gatekit.yaml': oneGate([passing]) })

  const { code, stdout } = await runCli(dir, ['run-all', '--base-url', url])

  assert.equal(code, 0)
  assert.match(stdout, /^VERDICT PASS/m)
  const tests = await json(join(dir, outDir, 'tests.json'))
  assert.equal(tests.status, 'PASS')
  assert.equal(tests.g_v1_0_0.ok.status, 'PASS')
  assert.match(tests.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  assert.ok(existsSync(join(dir, 'qa/status/index.html')))
})

test('a false expectation is FAIL, exit 1, with what was expected and what was there', async (t) => {
  const url = await startServer(t, (_request, answer) => answer.writeHead(418).end())
  const dir = await makeProject(t, { 'gatekit.yaml': oneGate([passing]) })

  const { code, stderr } = await runCli(dir, ['run-all', '--base-url', url])

  assert.equal(code, 1)
  assert.match(stderr, /expected 200\s+actual\s+418/)
})

test('a backend that is down is ERROR, exit 3, never a pass', async (t) => {
  const dir = await makeProject(t, {
    'gatekit.yaml': oneGate([
      '{ id: ok, type: http, request: { path: / }, expect: { status: 200 }, retry: { max: 0 } }',
    ]),
  })

  const { code } = await runCli(dir, ['run-all', '--base-url', 'http://127.0.0.1:9'])

  assert.equal(code, 3)
  const tests = await json(join(dir, outDir, 'tests.json'))
  assert.equal(tests.g_v1_0_0.ok.status, 'ERROR')
  assert.match(tests.g_v1_0_0.ok.reason, /ECONNREFUSED/)
})

test('an application whose port another server has is not started and not judged: exit 2', async (t) => {
  const url = await startServer(t, (_request, answer) => answer.end('the wrong one'))
  const dir = await makeProject(t, { 'gatekit.yaml': oneGate([passing]) })

  const { code, stderr } = await runCli(dir, ['run-all', '--base-url', url, '--start', 'touch started; sleep 60'])

  assert.equal(code, 2)
  assert.match(stderr, /port \d+ on 127\.0\.0\.1 is already taken/)
  assert.ok(!existsSync(join(dir, 'started')))
  assert.ok(!existsSync(join(dir, outDir)))
})

test('serve on a port that is taken is exit 2 and names the port', async (t) => {
  const blocker = createServer()
  await new Promise<void>((done) => blocker.listen(0, '127.0.0.1', done))
  t.after(() => blocker.close())
  const { port } = blocker.address() as { port: number }

  const { code, stderr } = await runCli(await makeProject(t), ['serve', '--only', 'stripe', '--port', String(port)])

  assert.equal(code, 2)
  assert.match(stderr, new RegExp(`port ${port} for stripe is already in use`))
})

const broken: [name: string, yaml: string, message: RegExp][] = [
  ['a gate without checks', oneGate([]).replace('checks:', 'checks: []'), /a gate without checks proves nothing/],
  [
    'a misspelt key',
    oneGate(['{ id: a, type: http, request: { path: / }, expct: { status: 200 } }']),
    /expct[\s\S]*did you mean "expect"/,
  ],
  [
    'a duplicate key',
    oneGate(['{ id: a, type: http, request: { path: / }, expect: { status: 200 }, expect: { status: 201 } }']),
    /(duplicate|unique)/i,
  ],
  ['an empty expectation', oneGate(['{ id: a, type: http, request: { path: / }, expect: {} }']), /expect/],
  [
    'an unknown check type',
    oneGate(['{ id: a, type: htpp, request: { path: / }, expect: { status: 200 } }']),
    /unknown check type "htpp"[\s\S]*did you mean "http"/,
  ],
  [
    'an unresolved template',
    oneGate(['{ id: a, type: http, request: { path: "/${nothing.at_all}" }, expect: { status: 200 } }']),
    /unresolved template "\$\{nothing\.at_all\}"/,
  ],
  [
    'a literal key',
    oneGate([
      `{ id: a, type: http, request: { path: /, headers: { authorization: "Bearer sk_test_${'a'.repeat(24)}" } }, expect: { status: 200 } }`,
    ]),
    /secret|key/i,
  ],
]
for (const [name, yaml, message] of broken) {
  test(`${name} is a configuration error with its place: exit 2, nothing runs`, async (t) => {
    const dir = await makeProject(t, { 'gatekit.yaml': yaml })

    const { code, stderr } = await runCli(dir, ['run-all', '--base-url', 'http://127.0.0.1:9'])

    assert.equal(code, 2)
    assert.match(stderr, message)
    assert.match(stderr, /--> gatekit\.yaml:\d+:\d+/)
    assert.ok(!existsSync(join(dir, 'qa')))
  })
}

test('a gate that is not there is exit 2 and never an empty pass', async (t) => {
  const dir = await makeProject(t, { 'gatekit.yaml': oneGate([passing]) })
  const { code, stderr } = await runCli(dir, ['run', 'h', '--base-url', 'http://127.0.0.1:9'])
  assert.equal(code, 2)
  assert.match(stderr, /unknown gate or check "h"/)
})

test('fewer executed checks than the floor is incomplete: exit 4', async (t) => {
  const url = await startServer(t, (_request, answer) => answer.end('ok'))
  const dir = await makeProject(t, { 'gatekit.yaml': oneGate([passing], 'minChecks: 2') })
  assert.equal((await runCli(dir, ['run-all', '--base-url', url])).code, 4)
})

test('a check that times out is ERROR, exit 3, and its grandchild is gone', async (t) => {
  const dir = await makeProject(t, {
    'slow.sh': 'sleep 300 &\necho $! > grandchild\nwait\n',
    'gatekit.yaml': oneGate([
      '{ id: slow, type: command, run: [sh, slow.sh], expect: { exit: 0 }, timeout: 1s, retry: { max: 0 } }',
    ]),
  })

  const { code } = await runCli(dir, ['run-all', '--base-url', 'http://127.0.0.1:9'])

  assert.equal(code, 3)
  const { slow } = (await json(join(dir, outDir, 'tests.json'))).g_v1_0_0
  assert.equal(slow.status, 'ERROR')
  assert.match(slow.reason, /1 ?s|time/)
  const grandchild = Number(await readFile(join(dir, 'grandchild'), 'utf8'))
  assert.equal(isRunning(grandchild), false)
})

test('an outbox file of last week is STALE, exit 5, however right its content is', async (t) => {
  const check =
    '{ id: mail, type: file, glob: "qa/notify/outbox/*.json", expect: { newerThan: run.start, json: { "$.to": ada@example.test } } }'
  const dir = await makeProject(t, {
    'gatekit.yaml': oneGate([check]),
    'qa/notify/outbox/1697123456_generic.json': '{"to":"ada@example.test"}',
  })
  const lastWeek = new Date(Date.now() - 7 * 86_400_000)
  await utimes(join(dir, 'qa/notify/outbox/1697123456_generic.json'), lastWeek, lastWeek)

  const { code } = await runCli(dir, ['run-all', '--base-url', 'http://127.0.0.1:9'])

  assert.equal(code, 5)
  assert.equal((await json(join(dir, outDir, 'tests.json'))).g_v1_0_0.mail.status, 'STALE')
})

test('a required check that is skipped leaves the gate incomplete: exit 4', async (t) => {
  const url = await startServer(t, (_request, answer) => answer.end('ok'))
  const skipped =
    '{ id: cache, type: redis, when: { env: NO_SUCH_VARIABLE }, url: { env: NO_SUCH_VARIABLE }, expect: { ping: true } }'
  const dir = await makeProject(t, { 'gatekit.yaml': oneGate([passing, skipped]) })

  const { code } = await runCli(dir, ['run-all', '--base-url', url])

  assert.equal(code, 4)
  const { cache } = (await json(join(dir, outDir, 'tests.json'))).g_v1_0_0
  assert.equal(cache.status, 'SKIP')
  assert.match(cache.reason, /NO_SUCH_VARIABLE is not set/)
})

test('a gate behind a failing gate is BLOCKED, and the run is exit 1', async (t) => {
  const url = await startServer(t, (_request, answer) => answer.writeHead(500).end())
  const second = ['  - id: h', '    title: Second', '    needs: [g]', '    checks:', `      - ${passing}`, ''].join(
    '\n',
  )
  const dir = await makeProject(t, {
    'gatekit.yaml': oneGate([passing.replace('id: ok', 'id: ok, retry: { max: 0 }')]) + `\n${second}`,
  })

  const { code } = await runCli(dir, ['run-all', '--base-url', url])

  assert.equal(code, 1)
  const blocked = (await json(join(dir, 'qa/h/v1.0.0/tests.json'))).h_v1_0_0.ok
  assert.equal(blocked.status, 'BLOCKED')
  assert.match(blocked.reason, /\bg\b/)
})

test('a place that cannot be written is exit 3 and says which', async (t) => {
  const url = await startServer(t, (_request, answer) => answer.end('ok'))
  const dir = await makeProject(t, { 'gatekit.yaml': oneGate([passing]), qa: 'a file, not a folder' })

  const { code, stdout, stderr } = await runCli(dir, ['run-all', '--base-url', url])

  assert.equal(code, 3)
  assert.match(stderr, /qa cannot be written/)
  assert.doesNotMatch(stdout, /PASS/)
})

for (const [name, encode] of [
  ['plainly', (text: string) => text],
  ['in base64', (text: string) => Buffer.from(`prefix:${text}`).toString('base64')],
] as const) {
  test(`a backend that repeats a secret ${name} is refused: exit 6, outputs withheld, nothing shows it`, async (t) => {
    const secret = 'correct-horse-battery-staple-42'
    const url = await startServer(t, (_request, answer) => answer.end(`{"debug":"${encode(secret)}"}`))
    const check =
      '{ id: leak, type: http, request: { path: /, auth: { bearer: { env: APP_TOKEN } } }, expect: { status: 200 } }'
    const dir = await makeProject(t, { 'gatekit.yaml': oneGate([check]) })

    const { code, stdout, stderr } = await runCli(
      dir,
      ['run-all', '--base-url', url, '--reporter', 'junit,ctrf,markdown,tap,github,sarif'],
      { APP_TOKEN: secret },
    )

    assert.equal(code, 6)
    assert.match(stdout, /APP_TOKEN/)
    assert.deepEqual(
      (await readdir(join(dir, outDir))).filter((file) => file.startsWith('tests')),
      [],
    )
    const published = `${await everythingIn(join(dir, 'qa'))}${stdout}${stderr}`
    assert.ok(!published.includes(secret) && !published.includes(encode(secret)))
  })
}

test('a live key in the environment of a run that is not live is refused: exit 6', async (t) => {
  const dir = await makeProject(t, { 'gatekit.yaml': oneGate([passing]) })
  const { code, stderr } = await runCli(dir, ['run-all', '--base-url', 'http://127.0.0.1:9'], {
    STRIPE_SECRET_KEY: `sk_live_${'a'.repeat(24)}`,
  })
  assert.equal(code, 6)
  assert.match(stderr, /STRIPE_SECRET_KEY holds a live key/)
})

test('a gatekit.yaml that is a link to nowhere is exit 2, and not a green run of other gates', async (t) => {
  const dir = await makeProject(t)
  await symlink('moved.yaml', join(dir, 'gatekit.yaml'))

  const { code, stderr } = await runCli(dir, ['run-all'])

  assert.equal(code, 2)
  assert.match(stderr, /gatekit\.yaml is not a file that can be read/)
})

test('without a gatekit.yaml the run says that it judges the built-in gates and backend', async (t) => {
  const { code, stderr } = await runCli(await makeProject(t), ['run', 'bundle-c'])

  assert.equal(code, 0, stderr)
  assert.match(stderr, /^note: there is no gatekit\.yaml here or above/)
})
