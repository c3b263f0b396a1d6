import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
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
