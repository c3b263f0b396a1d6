import assert from 'node:assert/strict'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { keysCheck } from '../../src/checks/keys.ts'
import { createBench, runCheck } from '../support/check-context.ts'
import { need } from '../support/need.ts'
import { commitAll, git } from '../support/signing.ts'

const live = `sk_live_${'51GatekitAcct0001aB3dE5gH7jK9mN1pQ3'}`

test(
  'a live key that was removed, or lies on another branch, is found with its commit; a shallow clone cannot say',
  need('git'),
  async (t) => {
    const bench = await createBench(t)
    const repository = join(bench.rootDir, 'whole')
    mkdirSync(repository)
    const judge = async (rootDir: string) => {
      const options = {
        sources: [{ git: 'history' as const }],
        rules: [{ provider: 'stripe' as const, forbid: 'live' as const }],
      }
      const outcome = await runCheck(keysCheck, options, { ...bench, rootDir })
      assert.equal(JSON.stringify(outcome).includes(live), false)
      return outcome
    }
    assert.match((await judge(repository)).reason ?? '', /git rev-parse failed|nothing was there|not a git repository/)

    writeFileSync(join(repository, 'a.txt'), 'nothing yet\n')
    commitAll(repository, 'dev', 'first')
    const clean = await judge(repository)
    assert.deepEqual([clean.status, clean.details?.scanned], ['PASS', [{ source: 'git history', scanned: 1 }]])

    git(repository, 'dev', 'checkout', '-q', '-b', 'other')
    writeFileSync(join(repository, 'keys.ts'), `export const key = '${live}'\n`)
    const sha = commitAll(repository, 'dev', 'oops')
    rmSync(join(repository, 'keys.ts'))
    commitAll(repository, 'dev', 'removed')
    git(repository, 'dev', 'checkout', '-q', '-')
    const dirty = await judge(repository)
    assert.equal(dirty.status, 'FAIL')
    assert.equal(dirty.findings?.[0]?.subject, `keys.ts in commit ${sha.slice(0, 12)}`)

    const shallow = join(bench.rootDir, 'shallow')
    git(bench.rootDir, 'dev', 'clone', '-q', '--depth', '1', `file://${repository}`, shallow)
    const partly = await judge(shallow)
    assert.deepEqual([partly.status, /shallow/.test(partly.reason ?? '')], ['ERROR', true])
  },
)
