import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { drillEvidenceCheck } from '../../../src/checks/drill-evidence.ts'
import { createBench, runCheck } from '../../support/check-context.ts'
import { need } from '../../support/need.ts'
import { type Backups, drillBackup, keep, makeBackups } from './backups.ts'

let backups: Backups
before(async () => {
  if (need('postgres').skip === false) backups = await makeBackups()
})
after(() => backups?.stop())

test(
  'what the last drill that passed had and this backup lacks fails, until it is accepted once',
  need('postgres'),
  async () => {
    const { dir, plain } = backups
    const lossy = plain.replace(/ALTER TABLE ONLY [\w.]+\n {4}ADD CONSTRAINT \w+ FOREIGN KEY[^;]*;/, '')
    assert.notEqual(lossy, plain)
    const whole = await keep(dir, 'b.sql', plain)
    const lost = await keep(dir, 'b.sql', lossy)
    const evidenceDir = join(dir, 'kept-evidence')
    const codes = async (backup: string, more: object = {}) => {
      const record = await drillBackup(dir, { backup, evidenceDir, ...more })
      return [record.exitCode, ...record.findings.filter(({ exit }) => exit > 0).map(({ code }) => code)]
    }
    assert.deepEqual(await codes(whole), [0])
    assert.deepEqual(await codes(lost), [1, 'FK_MISSING'])
    assert.deepEqual(await codes(lost), [1, 'FK_MISSING'], 'a drill that failed is nothing to compare with')
    assert.deepEqual(await codes(lost, { previous: 'remark' }), [0])
    assert.deepEqual(await codes(lost), [0], 'what was accepted is the new measure')
  },
)

test(
  'a gate takes the evidence of a drill until it is edited, old, of the future, or about another backup',
  need('postgres'),
  async (t) => {
    let days = 0
    const now = Date.now()
    const bench = await createBench(t, { clock: { now: () => now + days * 86_400_000 } })
    const judge = async () => {
      const options = { backups: { dir: 'backups' }, expect: { restores: true as const } }
      const { status, details } = await runCheck(drillEvidenceCheck, options, bench)
      return `${status} ${details?.code ?? ''}`.trim()
    }
    const [dir, evidenceDir] = [join(bench.rootDir, 'backups'), join(bench.rootDir, 'qa/restore')]
    await mkdir(dir)
    await writeFile(join(dir, 'shop_1.sql'), backups.plain, 'latin1')
    const { exitCode, evidence } = await drillBackup(backups.dir, { dir, evidenceDir })
    assert.deepEqual([exitCode, await judge()], [0, 'PASS'])

    days = 9
    assert.equal(await judge(), 'STALE EXPIRED')
    days = -1
    assert.equal(await judge(), 'FAIL CLOCK')
    days = 0
    await writeFile(join(dir, 'shop_2.sql'), `${backups.plain}\n`, 'latin1')
    assert.equal(await judge(), 'STALE NOT_NEWEST')
    const path = join(evidenceDir, 'drill-000001.json')
    const newest = createHash('sha256').update(`${backups.plain}\n`, 'latin1').digest('hex')
    const text = await readFile(path, 'utf8')
    await writeFile(path, text.replace(evidence.backup?.sha256 ?? '', newest))
    assert.equal(await judge(), 'FAIL EVIDENCE_INVALID')
  },
)
