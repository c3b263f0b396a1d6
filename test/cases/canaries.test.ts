import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { checks } from '../../src/checks/list.ts'
import { reporters } from '../../src/report/list.ts'
import { makeProject, runCli } from '../support/cli.ts'
import { startServer } from '../support/http-server.ts'
import { need } from '../support/need.ts'
import { commitAll, makeKey } from '../support/signing.ts'
import { startTcpServer } from '../support/tcp-server.ts'
import { canaries, encodings, everything, seenBelow, seenIn } from './canary.ts'

/** A check of each type that meets talkative counterparts: each of them says every canary in every encoding. */
const cases: Record<string, string> = {
  attest: '{ statement: "All is well here", expires: 1h }',
  command: '{ run: [cat, in/everything.txt], expect: { exit: 1, stdout: { contains: no such words } } }',
  drill: '{ backup: in/broken.sql, engine: pglite, depth: fast, expect: { restores: true } }',
  'drill-evidence': '{ evidence: in/restore, expect: { restores: true } }',
  file: '{ path: in/everything.json, expect: { json: { "$.said": nothing }, notContains: said } }',
  freshness: '{ evidence: in/everything.json, maxAge: 1h, expect: { json: { "$.said": PASS } } }',
  http: '{ request: { path: /, auth: { bearer: { env: CANARY_1_TOKEN } } }, expect: { status: 204, json: { "$.said": no } } }',
  keys: '{ sources: [{ env: true }, { glob: "in/*" }, { git: history }], rules: [{ provider: stripe, mode: live, require: [secret] }] }',
  metrics: '{ request: { path: /metrics }, expect: [{ metric: said, value: { lt: 1 } }] }',
  payments: '{ contract: in/shop.yaml, only: [A1], expect: { green: true } }',
  redis: '{ url: { env: REDIS_URL }, expect: { ping: true } }',
  shadow: '{ samples: in/samples.ndjson }',
  sql: '{ db: { env: DATABASE_URL }, query: "select 1", expect: { rows: 1 } }',
  'terraform-plan':
    '{ plan: in/plan.json, rules: [{ attr: "aws_db.*.said", match: "^prod" }, { domain: api.example.com }] }',
  variables: `{ values: { ${Object.keys(canaries).map((_, i) => `CANARY_${i}_TOKEN: none`)} } }`,
  webhook:
    '{ provider: stripe, endpoint: /hook, secret: { env: CANARY_3_TOKEN }, event: { type: charge.succeeded, object: { id: ch_1, object: charge } }, deliver: { unsigned: reject }, expect: { ack: [299] } }',
}

const variables = Object.fromEntries(Object.values(canaries).map((value, i) => [`CANARY_${i}_TOKEN`, value]))

const plan = {
  format_version: '1.2',
  variables: Object.fromEntries(Object.entries(canaries).map(([kind, value]) => [kind, { value }])),
  resource_changes: [
    {
      address: `aws_db.${'x'}`,
      mode: 'managed',
      type: 'aws_db',
      change: { actions: ['create'], before: null, after: { said: everything, url: `https://other/${everything}` } },
    },
  ],
}

/** As a person would have signed it, by the words of somebody who is none. */
const hostileStatement = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'commit', digest: { gitCommit: everything } }],
  predicateType: 'https://gatekit.dev/attestation/statement/v1',
  predicate: {
    check: 'attest/it',
    statement: everything,
    signer: everything,
    signedAt: new Date().toISOString(),
    evidence: [],
  },
}

/** A project with every input full of canaries; outputs go to other folders. */
async function talkativeProject(t: TestContext) {
  const said = JSON.stringify({ said: everything, status: everything, createdAt: new Date().toISOString() })
  const dir = await makeProject(t, {
    '.gitignore': 'qa\nkeys\n',
    'in/everything.txt': everything,
    'in/everything.json': said,
    'in/broken.sql': `CREATE TABLE a (b text);\nINSERT INTO a VALUES ('${everything.replaceAll("'", "''")}';\n`,
    'in/restore/drill-000001.json': said,
    'in/samples.ndjson': `${JSON.stringify({ baseline: { said: 1 }, candidate: { said: everything } })}\n`,
    'in/plan.json': JSON.stringify(plan),
    'in/shop.yaml': '',
  })
  const hook = (url: string | undefined) => url === '/hook'
  const url = await startServer(t, (request, answer) => {
    answer.writeHead(hook(request.url) ? 400 : 200, { 'x-said': encodeURIComponent(everything.slice(0, 4000)) })
    answer.end(request.url === '/metrics' ? `# ${everything.replace(/\s/g, ' ')}\nsaid{by="us"} 5\n` : said)
  })
  const { port } = await startTcpServer(t, (socket) => socket.end(`-ERR ${everything.replace(/\s/g, ' ')}\r\n`))
  const contract = readFileSync('fixtures/payments/reference.contract.yaml', 'utf8')
  writeFileSync(
    join(dir, 'in/shop.yaml'),
    contract
      .replace(/^ {2}base_url: .*$/m, `  base_url: ${url}`)
      .replace(/^ {2}(?:start|replicas|ready|ready_db): .*\n/gm, '')
      .replace(/^control:\n(?: {2}.*\n)+/m, '')
      .replace('settle_ms: 3000', 'settle_ms: 200'),
  )
  const env = {
    ...variables,
    REDIS_URL: `redis://:${encodeURIComponent(canaries.opaque!)}@127.0.0.1:${port}`,
    DATABASE_URL: canaries['url-password']!,
    STRIPE_WEBHOOK_SECRET: canaries['webhook-signing-secret']!,
    PAYPAL_WEBHOOK_ID: canaries.opaque!,
  }
  return { dir, url, env }
}

const gatesOf = (types: Record<string, string>): string[] =>
  Object.entries(types).map(
    ([type, options]) => `  - { id: ${type}, checks: [{ id: it, type: ${type}, ${options.slice(1)}] }`,
  )

test('there is a case for every check type', () => {
  assert.deepEqual(Object.keys(cases).sort(), Object.keys(checks).sort())
})

test(
  'canaries of every kind in nine encodings, said by all that checks meet, stand in no output of any reporter',
  need('git'),
  async (t) => {
    const { dir, url, env } = await talkativeProject(t)
    writeFileSync(
      join(dir, 'gatekit.yaml'),
      ['version: 1', 'project: canaries', 'gates:', ...gatesOf(cases), ''].join('\n'),
    )
    const attestations = join(dir, '.gatekit/attest/attest/it/x')
    mkdirSync(attestations, { recursive: true })
    writeFileSync(join(attestations, 'x.json'), JSON.stringify({ statement: hostileStatement, signature: everything }))
    commitAll(dir, 'dev', 'first')
    writeFileSync(join(dir, 'step-summary'), '')

    const { code, stdout, stderr } = await runCli(
      dir,
      ['run-all', '--base-url', url, '--reporter', Object.keys(reporters).join(','), '--json', 'qa/out.json'],
      { ...env, GITHUB_STEP_SUMMARY: join(dir, 'step-summary'), GITHUB_OUTPUT: join(dir, 'step-summary') },
    )

    assert.equal(Object.keys(encodings).length, 9)
    assert.equal(code, 6, stdout + stderr)
    assert.deepEqual(seenIn(stdout + stderr), [])
    assert.deepEqual(seenIn(readFileSync(join(dir, 'step-summary'), 'utf8')), [])
    assert.deepEqual(seenBelow(join(dir, 'qa')), [])
    // What was said did arrive, and was taken out; a target that repeats its secret to an http check is withheld as a whole.
    for (const type of ['attest', 'command', 'file', 'freshness', 'redis', 'shadow', 'terraform-plan'])
      assert.match(readFileSync(join(dir, `qa/${type}/v1.0.0/tests.json`), 'utf8'), /\[redacted:/, type)
    assert.match(readFileSync(join(dir, 'qa/http/v1.0.0/WITHHELD.txt'), 'utf8'), /CANARY_0_TOKEN/)
  },
)

test(
  'canaries stand in nothing that runs, signatures, promotions, waivers and watches say or keep',
  need('git', 'ssh'),
  async (t) => {
    const { dir, env } = await talkativeProject(t)
    const url = await startServer(t, (_request, answer) => answer.end('{"status":"ok"}'))
    const { keyFile, publicKey } = makeKey(join(dir, 'keys'), 'ann')
    const says = '{ id: says, type: command, run: [cat, in/everything.txt], expect: { exit: 0 } }'
    const config = [
      'version: 1',
      'project: canaries',
      'environments:',
      `  dev: { mode: test, baseUrl: "${url}" }`,
      `  staging: { mode: test, baseUrl: "${url}", after: [dev], promotion: { profile: enter, signedBy: [ann] } }`,
      `signers: { ann: { key: "${publicKey}", roles: [manager] } }`,
      'profiles: { release: [app], enter: [approval] }',
      'gates:',
      `  - { id: app, checks: [${says}] }`,
      '  - id: approval',
      '    checks:',
      '      - { id: manager, type: attest, statement: "May go to staging", expires: 1h, evidence: [{ file: in/everything.txt }] }',
      '  - id: readiness',
      '    checks:',
      `      - ${says}`,
      `      - { id: missing, type: file, ${cases.file!.slice(1)}`,
    ]
    writeFileSync(join(dir, 'gatekit.yaml'), `${config.join('\n')}\n`)
    commitAll(dir, 'dev', 'first')
    const sign = ['--as', 'ann', '--key', keyFile]
    const waive = ['waive', 'readiness/missing', '--ticket', 'OPS-1', '--approved-by', 'ann', '--expires', lastDay()]
    const steps: [code: number, args: string[]][] = [
      [0, ['run', '--profile', 'release', '--env', 'dev']],
      [0, ['attest', '--run', ...sign]],
      [0, ['attest', 'approval/manager', ...sign]],
      [0, ['verify', 'qa', '--signed-by', 'ann', '--json']],
      [0, ['promote', 'dev', 'staging', ...sign]],
      [1, ['readiness', '--env', 'dev']],
      [1, ['watch', 'readiness', '--env', 'dev', '--for', '1s']],
      [6, [...waive, '--reason', `until ${canaries.opaque} is gone`]],
    ]
    for (const [wanted, args] of steps) {
      const { code, stdout, stderr } = await runCli(dir, args, env)
      assert.equal(code, wanted, `${args.join(' ')}\n${stdout}${stderr}`)
      assert.deepEqual(seenIn(stdout + stderr), [], args.join(' '))
    }
    assert.deepEqual([...seenBelow(join(dir, 'qa')), ...seenBelow(join(dir, '.gatekit'))], [])
    assert.deepEqual(seenIn(readFileSync(join(dir, 'gatekit.yaml'), 'utf8')), [])
    assert.match(readFileSync(join(dir, '.gatekit/promotions/staging/000001.json'), 'utf8'), /"kind": "promotion"/)
  },
)

const lastDay = (): string => new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
