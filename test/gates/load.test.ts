import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { z } from 'zod'
import { defineCheck, pass } from '../../src/checks/define.ts'
import { actor, load, makeFolder, oneGate, problemsOf, run } from './workshop.ts'

const strict = defineCheck({
  type: 'http',
  summary: 'asks',
  options: z.strictObject({
    request: z.strictObject({ method: z.enum(['GET', 'POST']), path: z.string() }),
    expect: z.strictObject({
      status: z.union([z.int(), z.array(z.int())]).optional(),
      json: z.record(z.string(), z.unknown()).optional(),
    }),
  }),
  example: { request: { method: 'GET', path: '/' }, expect: { status: 200 } },
  run: async () => pass(),
})

/** What is wrong with one gate of the given checks. */
const wrong = async (t: Parameters<typeof makeFolder>[0], checks: string, more = '') =>
  problemsOf(load(await makeFolder(t, oneGate(checks, more)), strict))

const mistakes: [what: string, checks: string, line: string, note?: string][] = [
  [
    'a misspelt key of a check',
    '- { id: a, type: say, says: PASS, advisry: true }',
    'unknown key "advisry" @ gatekit.yaml:6:41',
    'did you mean "advisory"?',
  ],
  [
    'a misspelt key inside the options',
    '- { id: a, type: http, request: { method: GET, pth: / }, expect: { status: 200 } }',
    'unknown key "pth" @ gatekit.yaml:6:54',
    'did you mean "path"?',
  ],
  [
    'a duplicate key',
    '- { id: a, type: say, says: FAIL, says: PASS }',
    'duplicate key "says" @ gatekit.yaml:6:41',
    'already given above',
  ],
  [
    'an unknown check type',
    '- { id: a, type: htp, expect: { status: 200 } }',
    'unknown check type "htp" @ gatekit.yaml:6:24',
    'did you mean "http"?',
  ],
  [
    'an empty expect',
    '- { id: a, type: http, request: { method: GET, path: / }, expect: {} }',
    'empty "expect" @ gatekit.yaml:6:65',
  ],
  [
    'an expect that is hollow all the way down',
    '- { id: a, type: http, request: { method: GET, path: / }, expect: { json: {} } }',
    'empty "expect" @ gatekit.yaml:6:65',
  ],
  [
    'a missing expect',
    '- { id: a, type: http, request: { method: GET, path: / } }',
    'missing "expect" @ gatekit.yaml:6:9',
  ],
  [
    'a template that names nothing',
    '- { id: a, type: say, says: PASS, reason: "${outbox.path}" }',
    'unresolved template "${outbox.path}" @ gatekit.yaml:6:49',
  ],
  [
    'a template without a name',
    '- { id: a, type: say, says: PASS, reason: "${env}" }',
    '"${env}" is no template @ gatekit.yaml:6:49',
  ],
  [
    'a check that reads itself',
    '- { id: a, type: say, says: PASS, reason: "${a.x}" }',
    '"${a.x}" reads the check\'s own export @ gatekit.yaml:6:49',
  ],
  [
    'an unknown need',
    '- { id: a, type: say, says: PASS, needs: [bb] }\n- { id: b, type: say, says: PASS }',
    'unknown check "g/bb" @ gatekit.yaml:6:49',
    'did you mean "g/b"?',
  ],
  [
    'a circle of needs',
    '- { id: a, type: say, says: PASS, needs: [b] }\n- { id: b, type: say, says: PASS, needs: [a] }',
    'needs go in a circle: g/a -> g/b -> g/a @ gatekit.yaml:6:15',
  ],
  [
    'the same id twice',
    '- { id: a, type: say, says: PASS }\n- { id: a, type: say, says: PASS }',
    'duplicate check "g/a" @ gatekit.yaml:7:15',
    'first in gatekit.yaml:6',
  ],
  [
    'a duration without a unit',
    '- { id: a, type: say, says: PASS, timeout: 30 }',
    'timeout: expected a duration with its unit, such as "500ms", "30s" or "5m" @ gatekit.yaml:6:50',
  ],
  [
    'a condition on an unknown environment',
    '- { id: a, type: say, says: PASS, when: { environment: [prod] } }',
    'unknown environment "prod" @ gatekit.yaml:6:63',
  ],
  [
    'a condition that is an expression',
    '- { id: a, type: say, says: PASS, when: "env.X == 1" }',
    'when: expected one of { env }, { flag, equals }, { environment }, { embedded }, { not }, { all }, { any } @ gatekit.yaml:6:47',
  ],
  ['a gate without checks', '[]', 'checks: a gate without checks proves nothing @ gatekit.yaml:5:5'],
  [
    'an id that templates use',
    '- { id: env, type: say, says: PASS }',
    'id: cannot be one of env, git, run, service, flags, gatekit: templates begin with these @ gatekit.yaml:6:15',
  ],
]
for (const [what, checks, line, note] of mistakes) {
  test(`${what} is a configuration error at its place`, async (t) => {
    const problems = await wrong(t, checks)

    const at = problems.lines.indexOf(line)
    assert.notEqual(at, -1, problems.lines.join('\n'))
    if (note) assert.equal(problems[at]?.note, note)
    assert.equal(problems.exitCode, 2)
  })
}

test('every problem is reported at once, in the order of the files', async (t) => {
  const dir = await makeFolder(t, {
    'gatekit.yaml': `
version: 1
project: p
defaults: { timeout: soon }
environments: { prod: { mode: liev } }
gates:
  - ./a.yaml
  - { id: b, minChecks: 0, checks: [{ id: x, type: sya, says: PASS }] }
profiles: { release: [a, c] }
`,
    'a.yaml': 'id: a\nchecks:\n  - { id: y, type: say, says: MAYBE }\n',
  })

  const problems = await problemsOf(load(dir))

  assert.deepEqual(problems.lines, [
    'says: expected one of "PASS"|"FAIL"|"ERROR"|"NO_DATA"|"STALE", or array @ a.yaml:3:31',
    'defaults.timeout: expected a duration with its unit, such as "500ms", "30s" or "5m" @ gatekit.yaml:4:22',
    'environments.prod.mode: expected one of "test"|"live" @ gatekit.yaml:5:31',
    'minChecks: must be at least 1: a gate that checks nothing cannot pass @ gatekit.yaml:8:25',
    'unknown check type "sya" @ gatekit.yaml:8:52',
    'unknown gate "c" @ gatekit.yaml:9:26',
  ])
})

const literals: [name: string, value: string][] = [
  ['a Stripe test key', `sk_${'test'}_51H8abcDEFghi`],
  ['a Stripe live key', `sk_${'live'}_51H8abcDEFghi`],
  ['a restricted key', `rk_${'live'}_51H8abcDEFghi`],
  ['a webhook signing secret', `whsec${'_'}abcdefghijklmnop`],
  ['an AWS key', `AKIA${'IOSFODNN7EXAMPLE'}`],
  ['a database URL with a password', `postgres://app:${'hunter22'}@db.example.test/app`],
]
for (const [name, value] of literals) {
  test(`${name} in a gate file is a configuration error that does not show it`, async (t) => {
    const problems = await wrong(t, `- { id: a, type: say, says: PASS, reason: "${value}" }`)

    assert.equal(problems.length, 1)
    assert.match(problems.lines[0] ?? '', /^a secret \([\w-]+\) stands in this file @ gatekit\.yaml:6:/)
    const tail = /hunter22/.exec(value)?.[0] ?? value.slice(-8)
    assert.ok(!JSON.stringify(problems).includes(tail))
    assert.equal(problems.exitCode, 2)
  })
}

test('a rule that only names the shape of a key is no secret', async (t) => {
  const dir = await makeFolder(t, oneGate('- { id: a, type: say, says: PASS, reason: "^sk_live_" }'))

  const project = await load(dir)

  assert.equal(project.gates.length, 1)
})

test('a template of the environment is unresolved when the environment lacks it: exit 2, with its place', async (t) => {
  const dir = await makeFolder(
    t,
    oneGate(
      '- { id: a, type: say, says: PASS, reason: "${env.regoin}" }',
      'environments: { dev: { mode: test, variables: { region: eu } } }\n',
    ),
  )

  const problems = await problemsOf(run(dir, { env: 'dev' }))

  assert.deepEqual(problems.lines, ['unresolved template "${env.regoin}" @ gatekit.yaml:6:49'])
  assert.equal(problems.exitCode, 2)
})

test('a commit that nobody knows leaves its template unresolved', async (t) => {
  const dir = await makeFolder(t, oneGate('- { id: a, type: say, says: PASS, reason: "${git.sha}" }'))

  const problems = await problemsOf(run(dir))

  assert.deepEqual([problems[0]?.note, problems.exitCode], ['sha has no value', 2])
})

test('an unknown flag in a condition is found before anything runs', async (t) => {
  const dir = await makeFolder(t, oneGate('- { id: a, type: say, says: PASS, when: { flag: STRIPE_MOK, equals: 1 } }'))

  const problems = await problemsOf(
    run(dir, { context: { flags: [{ name: 'STRIPE_MOCK', value: '1', origin: 'default' }] } }),
  )

  assert.equal(problems[0]?.note, 'did you mean "STRIPE_MOCK"?')
})

test('${env.*}, ${flags.*}, ${run.*} and ${service.*} are filled in, and $${ stays as written', async (t) => {
  let got: unknown
  const reader = actor('reader', async (_, options) => {
    got = options.do
    return pass()
  })
  const checks =
    '- { id: a, type: reader, do: ["${env.name}", "${env.live}", "${env.baseUrl}/x", "${flags.MOCK}", "${run.startMs}", "${service.stripe}", "$${HOME}"] }'
  const dir = await makeFolder(t, oneGate(checks))

  await run(dir, {
    definitions: [reader],
    context: {
      services: { stripe: 'http://127.0.0.1:1', app: 'http://127.0.0.1:2' },
      flags: [{ name: 'MOCK', value: '1', origin: 'default' }],
    },
  })

  assert.deepEqual(got, [
    'embedded',
    false,
    'http://127.0.0.1:2/x',
    '1',
    1767225600000,
    'http://127.0.0.1:1',
    '${HOME}',
  ])
})

test('several used files make one gate: their checks in the order of the files, their floors added', async (t) => {
  const dir = await makeFolder(t, {
    'gatekit.yaml':
      'version: 1\nproject: p\ngates:\n  - { id: packs, uses: ["./gates/pack*.yaml"] }\n  - ./gates/solo.yaml\n',
    'gates/pack1.yaml': 'minChecks: 1\nchecks: [{ id: a, type: say, says: PASS }]\n',
    'gates/pack2.yaml': 'minChecks: 2\nchecks: [{ id: b, type: say, says: PASS }, { id: c, type: say, says: PASS }]\n',
    'gates/solo.yaml': 'id: solo\nversion: 1.2.3\nneeds: [packs]\nchecks: [{ id: d, type: say, says: PASS }]\n',
  })

  const project = await load(dir)

  assert.deepEqual(
    project.gates.map((gate) => [gate.id, gate.key, gate.minChecks, gate.checks.map((check) => check.id)]),
    [
      ['packs', 'packs_v1_0_0', 3, ['a', 'b', 'c']],
      ['solo', 'solo_v1_2_3', 1, ['d']],
    ],
  )
  assert.equal(project.gates[0]?.checks[1]?.place.file, join('gates', 'pack2.yaml'))
})

test('a plugin adds a check type; a plugin that is not there is a problem at its place', async (t) => {
  const plugin = `export const mine = { type: 'mine', summary: 'm', options: { safeParse: (data) => ({ success: true, data }) }, example: {}, run: async () => ({ status: 'PASS' }) }`
  const files = oneGate('- { id: a, type: mine, x: 1 }', 'plugins: [./mine.mjs]\n')
  const dir = await makeFolder(t, { ...files, 'mine.mjs': plugin })
  const broken = await makeFolder(t, files)

  const record = await run(dir)
  const problems = await problemsOf(load(broken))

  assert.equal(record.exitCode, 0)
  assert.ok(problems.some(({ title }) => title === './mine.mjs cannot be loaded'))
})

test('a folder without gatekit.yaml is told what to do', async (t) => {
  const dir = await makeFolder(t, {})

  const problems = await problemsOf(load(dir))

  assert.match(problems[0]?.remedy ?? '', /gatekit init/)
})

test('the digest of a plan changes with its checks and not with the time', async (t) => {
  const one = await makeFolder(t, oneGate('- { id: a, type: say, says: PASS }'))
  const two = await makeFolder(t, oneGate('- { id: a, type: say, says: PASS, reason: x }'))

  const digests = [await run(one), await run(one), await run(two)].map((record) => record.planSha256)

  assert.equal(digests[0], digests[1])
  assert.notEqual(digests[0], digests[2])
})
