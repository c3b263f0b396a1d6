import assert from 'node:assert/strict'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { makeProject, runCli } from '../support/cli.ts'
import { need } from '../support/need.ts'
import { commitAll, makeKey } from '../support/signing.ts'

const check = (more = '') =>
  `{ id: approval, type: attest, statement: "Rollback rehearsed for \${git.sha}", by: { role: manager, count: 2 }, expires: 24h, evidence: [{ file: plan.md }]${more} }`

async function startProject(t: TestContext) {
  const dir = await makeProject(t, { 'plan.md': 'go back to the build before\n', '.gitignore': 'qa\nkeys\n' })
  const keys = Object.fromEntries(['ann', 'bob', 'eve', 'dev'].map((name) => [name, makeKey(join(dir, 'keys'), name)]))
  const signer = (name: string, roles: string) =>
    `  ${name}: { key: "${keys[name]?.publicKey}", roles: [${roles}], emails: [${name}@example.com] }`
  const text = [
    'version: 1',
    'project: case',
    'signers:',
    ...[signer('ann', 'manager'), signer('bob', 'manager'), signer('dev', 'manager'), signer('eve', '')],
    'gates:',
    '  - id: g',
    '    checks:',
    `      - ${check()}`,
  ].join('\n')
  writeFileSync(join(dir, 'gatekit.yaml'), `${text}\n`)
  const sha = commitAll(dir, 'dev', 'first')
  const sign = (name: string, as = name) =>
    runCli(dir, ['attest', 'g/approval', '--as', as, '--key', keys[name]?.keyFile as string])
  const judge = async () => {
    const { code } = await runCli(dir, ['run', 'g', '--json', 'out.json'])
    const run = JSON.parse(readFileSync(join(dir, 'out.json'), 'utf8'))
    rmSync(join(dir, 'out.json'))
    return { code, told: `${run.gates[0].checks[0].status} ${run.gates[0].checks[0].reason ?? ''}` }
  }
  const pathOf = (name: string, commit = sha) => join(dir, '.gatekit/attest/g/approval', commit, `${name}.json`)
  return { dir, sha, sign, judge, pathOf }
}

test(
  'two managers who did not write the commit approve it; fewer, the author, or someone else does not',
  need('git', 'ssh'),
  async (t) => {
    const { sign, judge } = await startProject(t)
    assert.deepEqual(await judge(), { code: 3, told: 'NO_DATA 0 of 2 approvals: nobody has signed this' })

    const signed = await sign('ann')
    assert.match(signed.stdout, /ann has signed g\/approval: \.gatekit\/attest\/g\/approval\/[0-9a-f]{40}\/ann\.json/)
    assert.equal((await sign('ann')).code, 0, 'signing twice is no error')
    assert.match((await judge()).told, /^FAIL 1 of 2 approvals/)

    await sign('dev')
    assert.match((await judge()).told, /^FAIL 1 of 2 approvals \(dev: wrote this commit\)/)

    await sign('eve')
    assert.match((await judge()).told, /eve: is no manager/)

    await sign('bob')
    assert.deepEqual(await judge(), { code: 0, told: 'PASS ' })
  },
)

test(
  'a signature of another key is refused when it is made, and an edited statement when it is judged',
  need('git', 'ssh'),
  async (t) => {
    const { sign, judge, pathOf } = await startProject(t)
    const wrong = await sign('eve', 'ann')
    assert.equal(wrong.code, 2)
    assert.match(wrong.stderr, /is not the key that gatekit\.yaml has for ann/)

    await sign('ann')
    await sign('bob')
    writeFileSync(pathOf('ann'), readFileSync(pathOf('ann'), 'utf8').replace('Rollback rehearsed', 'Rollback imagined'))
    const { code, told } = await judge()
    assert.equal(code, 1)
    assert.match(told, /^FAIL ann: the signature in .* is not theirs/)
  },
)

test(
  'an approval of another commit, or of other evidence, is STALE, and copying it over is a forgery',
  need('git', 'ssh'),
  async (t) => {
    const { dir, sign, judge, pathOf, sha } = await startProject(t)
    await sign('ann')
    await sign('bob')
    writeFileSync(join(dir, 'plan.md'), 'hope\n')
    assert.match((await judge()).told, /^STALE .*plan\.md is not what was shown/)

    const next = commitAll(dir, 'dev', 'second')
    assert.notEqual(next, sha)
    const later = await judge()
    assert.equal(later.code, 5)
    assert.match(later.told, /^STALE .*spoke of [0-9a-f]{12}, not of/)

    renameSync(join(pathOf('ann'), '..'), join(pathOf('ann', next), '..'))
    for (const name of ['ann', 'bob']) {
      const path = pathOf(name, next)
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll(sha, next))
    }
    assert.match((await judge()).told, /^FAIL .*is not theirs/)
  },
)

test('what cannot be signed is said before anything is written', need('git', 'ssh'), async (t) => {
  const { dir, sign } = await startProject(t)
  writeFileSync(join(dir, 'plan.md'), 'not committed\n')
  const dirty = await sign('ann')
  assert.equal(dirty.code, 2)
  assert.match(dirty.stderr, /changes that are not committed/)
  const stranger = await runCli(dir, ['attest', 'g/approval', '--as', 'zoe'])
  assert.match(stranger.stderr, /zoe is not a signer of gatekit\.yaml/)
  const noCheck = await runCli(dir, ['attest', 'g/aproval', '--as', 'ann'])
  assert.match(noCheck.stderr, /g\/aproval is no attest check[\s\S]*g\/approval/)
})

test(
  'outside git a file can be approved; where there is neither commit nor file there is nothing to approve: exit 3',
  need('ssh'),
  async (t) => {
    const { keyFile, publicKey } = makeKey(join(await makeProject(t), 'keys'), 'ann')
    const approval = (id: string, bind: string) =>
      `{ id: ${id}, type: attest, statement: "This may be sent out", expires: 1h, bind: ${bind} }`
    const dir = await makeProject(t, {
      'letter.txt': 'dear all',
      'gatekit.yaml': [
        'version: 1',
        'project: case',
        `signers: { ann: { key: "${publicKey}", roles: [] } }`,
        'gates:',
        `  - { id: letter, checks: [${approval('sent', '{ file: letter.txt }')}] }`,
        `  - { id: commit, checks: [${approval('sent', 'git.sha')}] }`,
        '',
      ].join('\n'),
    })
    const sign = (check: string) => runCli(dir, ['attest', check, '--as', 'ann', '--key', keyFile])

    assert.equal((await sign('letter/sent')).code, 0)
    const nothing = await sign('commit/sent')
    assert.equal(nothing.code, 2)
    assert.match(nothing.stderr, /there is no commit here[\s\S]*bind the check to a file/)

    const { code } = await runCli(dir, ['run-all', '--base-url', 'http://127.0.0.1:9'])
    const checkOf = (gate: string) =>
      JSON.parse(readFileSync(join(dir, `qa/${gate}/v1.0.0/tests.json`), 'utf8'))[`${gate}_v1_0_0`].sent
    assert.equal(code, 3)
    assert.equal(checkOf('letter').status, 'PASS')
    assert.equal(checkOf('commit').status, 'NO_DATA')
    assert.match(checkOf('commit').reason, /there is no commit here/)
  },
)
