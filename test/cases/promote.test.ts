import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { attest, keepAttestation } from '../../src/evidence/attestation.ts'
import { personalType, statementOf } from '../../src/evidence/statement.ts'
import { makeProject, runCli } from '../support/cli.ts'
import { sendJson, startServer } from '../support/http-server.ts'
import { need } from '../support/need.ts'
import { commitAll, git, makeKey } from '../support/signing.ts'

const account = '51GatekitAcct0001aB3dE5gH7jK9mN1pQ3sT5uV7wX9'

/** A small plan without objections, made a minute ago. */
const plan = (name: string) => ({
  format_version: '1.2',
  terraform_version: '1.9.8',
  planned_values: {
    root_module: { resources: [{ address: 'aws_dynamodb_table.users', mode: 'managed', type: 'aws_dynamodb_table' }] },
  },
  resource_changes: [
    {
      address: 'aws_dynamodb_table.users',
      mode: 'managed',
      type: 'aws_dynamodb_table',
      change: { actions: ['create'], before: null, after: { name }, after_unknown: {}, after_sensitive: {} },
    },
  ],
  timestamp: new Date(Date.now() - 60_000).toISOString(),
  complete: true,
  errored: false,
  applyable: true,
})

/** A repository with three environments on this machine, each telling the commit it runs. */
async function startRepository(t: TestContext) {
  const dir = await makeProject(t, {
    '.gitignore': 'qa\nkeys\nplans\n',
    'docs/rollback.md': 'deploy the build before\n',
  })
  const running = { dev: '', staging: '', prod: '' }
  const urls: Record<string, string> = {}
  for (const name of ['dev', 'staging', 'prod'] as const) {
    urls[name] = await startServer(t, (_, response) => sendJson(response, { sha: running[name], status: 'ok' }))
  }
  const keys = Object.fromEntries(['ann', 'dev', 'ci'].map((name) => [name, makeKey(join(dir, 'keys'), name)]))
  const signer = (name: string, role: string) =>
    `  ${name}: { key: "${keys[name]?.publicKey}", roles: [${role}], emails: [${name}@example.com] }`
  const environment = (name: string, rest: string) =>
    `  ${name}: { baseUrl: "${urls[name]}", identity: { path: /version, sha: $.sha }, ${rest} }`
  const window = '{ days: [sun, mon, tue, wed, thu, fri, sat], from: "00:00", to: "23:59" }'
  const config = [
    'version: 1',
    'project: shop',
    'environments:',
    environment('dev', 'mode: test'),
    environment('staging', 'mode: test, after: [dev], promotion: { profile: enter, evidenceProfile: release }'),
    environment(
      'prod',
      `mode: live, after: [staging], protected: true, promotion: { profile: enter-prod, evidenceProfile: release, window: ${window}, rollbackPlan: docs/rollback.md }`,
    ),
    'signers:',
    ...[signer('ann', 'manager'), signer('dev', 'manager'), signer('ci', 'pipeline')],
    'profiles:',
    '  release: [app]',
    '  enter: [keys]',
    '  enter-prod: [keys, approval]',
    'gates:',
    '  - { id: app, checks: [{ id: up, type: http, request: { path: /health }, expect: { status: 200 } }] }',
    '  - { id: keys, checks: [{ id: modes, type: keys, sources: [{ file: keys.env }], rules: [{ provider: stripe, mode: "${env.mode}", require: [secret] }] }] }',
    '  - id: approval',
    '    checks:',
    '      - { id: manager, type: attest, statement: "May go to production", by: { role: manager }, expires: 1h, evidence: [{ file: plans/prod.json }] }',
    '      - { id: plan, type: terraform-plan, plan: plans/prod.json, planFile: plans/prod.tfplan, rules: [{ attr: "aws_dynamodb_table.*.name", match: "^prod-" }] }',
  ]
  writeFileSync(join(dir, 'gatekit.yaml'), `${config.join('\n')}\n`)
  const useKeys = (mode: string) => writeFileSync(join(dir, 'keys.env'), `STRIPE_SECRET_KEY=sk_${mode}_${account}\n`)
  useKeys('test')
  writeFileSync(join(dir, '.gitignore'), 'qa\nkeys\nplans\nkeys.env\n.gatekit\n')
  mkdirSync(join(dir, 'plans'))
  const writePlan = (name = 'prod-users') => {
    writeFileSync(join(dir, 'plans/prod.json'), JSON.stringify(plan(name)))
    writeFileSync(join(dir, 'plans/prod.tfplan'), name)
  }
  writePlan()
  const deploy = (name: keyof typeof running, sha: string) => {
    running[name] = sha
  }
  const pass = async (name: string) => {
    const { code, stderr } = await runCli(dir, ['run', '--profile', 'release', '--env', name])
    assert.equal(code, 0, stderr)
  }
  const sign = (name: string) =>
    runCli(dir, ['attest', 'approval/manager', '--as', name, '--key', keys[name]?.keyFile as string])
  const promote = async (from: string, to: string, ...more: string[]) => {
    const as = to === 'prod' && !more.includes('--as') ? ['--as', 'ci', '--key', keys.ci?.keyFile as string] : []
    const { code, stdout, stderr } = await runCli(dir, ['promote', from, to, ...as, ...more])
    return { code, said: `${stdout}${stderr}` }
  }
  /** Walks a fresh commit as far as staging. */
  const walk = async () => {
    const sha = commitAll(dir, 'dev', 'a change')
    deploy('dev', sha)
    await pass('dev')
    const promoted = await promote('dev', 'staging')
    assert.equal(promoted.code, 0, promoted.said)
    deploy('staging', sha)
    await pass('staging')
    useKeys('live')
    return sha
  }
  return { dir, keys, useKeys, writePlan, deploy, pass, sign, promote, walk, file: (name: string) => join(dir, name) }
}

test(
  'a commit that passed on dev and staging is promoted into production, and the way back leads to the one before',
  need('git', 'ssh'),
  async (t) => {
    const { dir, keys, walk, sign, promote, useKeys } = await startRepository(t)
    const first = await walk()
    assert.equal((await sign('ann')).code, 0)
    const promoted = await promote('staging', 'prod')
    assert.equal(promoted.code, 0, promoted.said)
    assert.match(promoted.said, new RegExp(`PROMOTED {2}${first.slice(0, 12)} staging -> prod`))
    const guard = () => runCli(dir, ['apply-guard', 'plans/prod.tfplan', '--terraform', 'none'])
    assert.match((await guard()).stdout, /^REVIEWED {2}plans\/prod\.tfplan/)
    writeFileSync(join(dir, 'plans/prod.tfplan'), 'planned again')
    const replanned = await guard()
    assert.equal(replanned.code, 1)
    assert.match(replanned.stderr, /re-planned: /)

    useKeys('test')
    const second = await walk()
    assert.notEqual(second, first)
    await sign('ann')
    assert.equal((await promote('staging', 'prod')).code, 0)

    const back = await runCli(dir, ['promote', '--rollback', 'prod', '--as', 'ci', '--key', keys.ci?.keyFile as string])
    assert.equal(back.code, 0, back.stderr)
    assert.match(back.stdout, new RegExp(`ROLLBACK READY {2}prod: ${second.slice(0, 12)} -> ${first.slice(0, 12)}`))
  },
)

/** Really signed by ann, and older than it may be. */
const approvalOfLongAgo = (commit: string, keyFile: string) =>
  attest(
    statementOf([{ name: 'commit', digest: { gitCommit: commit } }], personalType, {
      check: 'approval/manager',
      statement: 'May go to production',
      signer: 'ann',
      signedAt: new Date(Date.now() - 2 * 3_600_000).toISOString(),
      evidence: [],
    }),
    keyFile,
  )

test('each way of cheating is refused by name', need('git', 'ssh'), async (t) => {
  const { dir, keys, deploy, pass, sign, promote, walk, writePlan, useKeys, file } = await startRepository(t)
  const refused = async (code: number, name: RegExp, ...args: [string, string]) => {
    const result = await promote(...args)
    assert.equal(result.code, code, result.said)
    assert.match(result.said, name)
  }

  const sha = commitAll(dir, 'dev', 'first')
  deploy('dev', sha)
  await pass('dev')
  await refused(1, /skipped-stage: prod is promoted into from staging, not from dev/, 'dev', 'prod')
  deploy('staging', sha)
  await pass('staging')
  await refused(1, /skipped-stage: commit [0-9a-f]{12} was never promoted into staging/, 'staging', 'prod')

  useKeys('live')
  await pass('dev')
  await refused(1, /keys\/modes: FAIL .*keys/, 'dev', 'staging')
  useKeys('test')

  const judged = await walk()
  await refused(3, /approval\/manager: NO_DATA 0 of 1 approvals/, 'staging', 'prod')
  await keepAttestation(dir, await approvalOfLongAgo(judged, keys.ann!.keyFile))
  await refused(5, /approval\/manager: STALE 0 of 1 approvals \(ann: expired on /, 'staging', 'prod')
  await sign('dev')
  await refused(1, /approval\/manager: FAIL .*dev: wrote this commit/, 'staging', 'prod')
  await sign('ann')

  const reviewed = readFileSync(file('plans/prod.json'))
  writePlan('staging-users')
  await refused(1, /approval\/plan: FAIL/, 'staging', 'prod')
  writePlan()
  await refused(
    1,
    /approval\/manager: FAIL .*plans\/prod\.json is not what was shown when it was signed/,
    'staging',
    'prod',
  )
  writeFileSync(file('plans/prod.json'), reviewed)

  const run = file('qa/run.json')
  const kept = readFileSync(run, 'utf8')
  writeFileSync(run, kept.replace(/"reason": "[^"]*"/, '"reason": "fine"'))
  await refused(1, /edited: run\.json is not what the run left/, 'staging', 'prod')
  writeFileSync(run, kept)

  const record = file('.gatekit/promotions/staging/000001.json')
  copyFileSync(record, file('record.kept'))
  writeFileSync(record, readFileSync(record, 'utf8').replace('"by": "dev"', '"by": "boss",\n    "more": 1'))
  await refused(1, /edited-record: .*000001\.json/, 'staging', 'prod')
  copyFileSync(file('record.kept'), record)
  rmSync(file('record.kept'))

  rmSync(file('docs/rollback.md'))
  await refused(5, /no-rollback-plan: docs\/rollback\.md is not there/, 'staging', 'prod')
  git(dir, 'dev', 'checkout', '--', 'docs/rollback.md')

  commitAll(dir, 'dev', 'one more change')
  await refused(1, /other-commit: the run is about commit/, 'staging', 'prod')
})

test(
  'a protected environment without rules, or a promotion that nobody signs, is refused before anything runs',
  need('git', 'ssh'),
  async (t) => {
    const { dir, walk, promote, file } = await startRepository(t)
    await walk()
    const unsigned = await runCli(dir, ['promote', 'staging', 'prod'])
    assert.equal(unsigned.code, 2)
    assert.match(unsigned.stderr, /prod is protected: its promotions are signed/)

    const config = readFileSync(file('gatekit.yaml'), 'utf8')
    writeFileSync(
      file('gatekit.yaml'),
      config.replace('profile: enter-prod,', 'profile: enter,').replace(/window: \{[^}]*\}, rollbackPlan: [^ ]+ /, ''),
    )
    const { code, said } = await promote('staging', 'prod')
    assert.equal(code, 5)
    for (const name of ['no-window', 'no-rollback-plan', 'no-approvals', 'no-plan-review', 'dirty', 'other-gates'])
      assert.match(said, new RegExp(`${name}: `))
  },
)

test(
  'a watch ends with the first red round, and passes when the whole window was good',
  need('git', 'ssh'),
  async (t) => {
    let isUp = true
    const url = await startServer(t, (_, response) => {
      response.writeHead(isUp ? 200 : 500).end()
      isUp = !isFlapping
    })
    let isFlapping = false
    const dir = await makeProject(t, {
      'gatekit.yaml':
        'version: 1\nproject: p\ngates:\n  - { id: up, checks: [{ id: health, type: http, request: { path: /health }, expect: { status: 200 } }] }\n',
    })
    const args = ['watch', 'up', '--base-url', url, '--for', '300ms', '--every', '100ms']
    const good = await runCli(dir, args)
    assert.equal(good.code, 0, good.stderr)
    assert.match(good.stdout, /WATCH PASS {2}[2-9]\d* rounds/)

    isFlapping = true
    const bad = await runCli(dir, args)
    assert.equal(bad.code, 1)
    assert.match(bad.stdout, /round \d FAIL up\/health FAIL\nWATCH FAIL {2}1 red rounds/)
  },
)
