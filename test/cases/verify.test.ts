import assert from 'node:assert/strict'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { makeProject, oneGate, runCli } from '../support/cli.ts'
import { need } from '../support/need.ts'
import { commitAll, makeKey } from '../support/signing.ts'

async function passedRun(t: TestContext) {
  const dir = await makeProject(t, {
    '.gitignore': 'qa\nkeys\n',
    'a.txt': 'a',
  })
  const { keyFile, publicKey } = makeKey(join(dir, 'keys'), 'ci')
  const gates = oneGate([
    '{ id: ok, type: command, run: [node, -e, "console.log(1)"], expect: { exit: 0 } }',
    '{ id: there, type: file, path: a.txt, expect: { exists: true } }',
  ])
  writeFileSync(join(dir, 'gatekit.yaml'), `${gates}\nsigners: { ci: { key: "${publicKey}", roles: [pipeline] } }\n`)
  const sha = commitAll(dir, 'dev', 'first')
  assert.equal((await runCli(dir, ['run-all'])).code, 0)
  const verify = async (...args: string[]) => {
    const { code, stdout } = await runCli(dir, ['verify', 'qa', '--json', ...args])
    const { objections } = JSON.parse(stdout) as { objections: { code: string }[] }
    return [code, ...new Set(objections.map((one) => one.code))]
  }
  const edit = (file: string, from: string | RegExp, to: string) => {
    const path = join(dir, 'qa', file)
    const text = readFileSync(path, 'utf8')
    assert.notEqual(text.replace(from, to), text, `${file} has something to edit`)
    writeFileSync(path, text.replace(from, to))
  }
  return { dir, sha, verify, edit, keyFile }
}

test(
  'a run that passed is verified for its commit and environment, and for no other',
  need('git', 'ssh'),
  async (t) => {
    const { dir, sha, verify } = await passedRun(t)
    assert.deepEqual(await verify('--commit', sha, '--env', 'embedded', '--max-age', '2h'), [0])
    assert.deepEqual(await verify('--commit', 'f'.repeat(40)), [5, 'other-commit'])
    assert.deepEqual(await verify('--env', 'staging'), [4, 'other-environment'])
    assert.deepEqual(await verify('--profile', 'release'), [4, 'other-profile'])
    assert.deepEqual(await verify('--max-age', '1ms'), [5, 'too-old'])
    assert.equal((await runCli(dir, ['verify', 'qa', '--commit', 'abc'])).code, 2)
    writeFileSync(
      join(dir, 'gatekit.yaml'),
      readFileSync(join(dir, 'gatekit.yaml'), 'utf8').replace('title: Case', 'title: Other'),
    )
    assert.deepEqual(await verify(), [5, 'other-gates'])
  },
)

test('edited results, edited evidence and missing files are told apart', need('git', 'ssh'), async (t) => {
  const edited = await passedRun(t)
  edited.edit('g/v1.0.0/tests.json', '"executed": 2', '"executed": 3')
  assert.deepEqual(await edited.verify(), [1, 'edited'])

  const record = await passedRun(t)
  record.edit('run.json', /"reason": "[^"]*"/, '"reason": "All is well."')
  assert.deepEqual(await record.verify(), [1, 'edited'])

  const missing = await passedRun(t)
  rmSync(join(missing.dir, 'qa/g/v1.0.0/tests.json'))
  assert.deepEqual(await missing.verify(), [4, 'missing'])
  rmSync(join(missing.dir, 'qa'), { recursive: true })
  assert.deepEqual(await missing.verify(), [4, 'missing'])
})

test('a run that failed, never ended or says so of itself is not verified', need('git', 'ssh'), async (t) => {
  const { dir, verify, edit } = await passedRun(t)
  rmSync(join(dir, 'a.txt'))
  assert.equal((await runCli(dir, ['run-all'])).code, 1)
  assert.deepEqual((await verify())[0], 1)
  edit('run.json', /"status": "FAIL"/g, '"status": "PASS"')
  edit('run.json', /"exitCode": 1/g, '"exitCode": 0')
  assert.deepEqual(await verify(), [1, 'edited'])
  writeFileSync(join(dir, 'qa/run.json'), '{"status":"RUNNING","pid":1}')
  assert.deepEqual(await verify(), [4, 'unfinished'])
})

test(
  'a signed run counts only with the signature of one who may, over what was signed',
  need('git', 'ssh'),
  async (t) => {
    const { dir, verify, edit, keyFile } = await passedRun(t)
    assert.deepEqual(await verify('--signed-by', 'pipeline'), [4, 'unsigned'])
    assert.equal((await runCli(dir, ['attest', '--run', '--as', 'ci', '--key', keyFile])).code, 0)
    assert.deepEqual(await verify('--signed-by', 'pipeline'), [0])
    assert.deepEqual(await verify('--signed-by', 'manager'), [1, 'forged'])
    edit('run.intoto.json', '"PASSED"', '"WARNED"')
    assert.deepEqual(await verify('--signed-by', 'ci'), [1, 'forged'])
  },
)
