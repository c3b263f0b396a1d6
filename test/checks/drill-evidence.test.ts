import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { drillEvidenceCheck } from '../../src/checks/drill-evidence.ts'
import { writeEvidence } from '../../src/drill/evidence/write.ts'
import { sha256Hex } from '../../src/evidence/run-statement.ts'
import { passed } from '../drill/evidence/record.ts'
import { createBench, runCheck } from '../support/check-context.ts'

const now = Date.parse('2026-11-20T10:00:00Z')
const dayMs = 86_400_000

test('the evidence of a drill counts while it is young, unchanged and about the newest backup', async (t) => {
  let time = now
  const bench = await createBench(t, { clock: { now: () => time } })
  const judge = async () => {
    const options = { backups: { dir: 'backups' }, expect: { restores: true as const } }
    const { status, reason = '' } = await runCheck(drillEvidenceCheck, options, bench)
    return `${status} ${reason}`
  }
  assert.match(await judge(), /^ERROR backups: .*does not exist/)
  mkdirSync(join(bench.rootDir, 'backups'))
  writeFileSync(join(bench.rootDir, 'backups/shop_20261119_050000.sql'), 'monday')
  assert.match(await judge(), /^NO_DATA no restore drill was ever made/)

  const record = passed({ finishedAt: new Date(now - dayMs).toISOString() })
  Object.assign(record.evidence.backup ?? {}, { sha256: sha256Hex('monday') })
  const dir = join(bench.rootDir, 'qa/restore')
  await writeEvidence({ dir, record, validForMs: 30 * dayMs })
  assert.equal(await judge(), 'PASS ')

  time = now + 8 * dayMs
  assert.match(await judge(), /^STALE EXPIRED/)
  time = now

  writeFileSync(join(bench.rootDir, 'backups/shop_20261120_050000.sql'), 'tuesday')
  assert.match(await judge(), /^STALE NOT_NEWEST/)

  const [file] = readdirSync(dir).filter((name) => name.startsWith('drill-'))
  const path = join(dir, file as string)
  writeFileSync(path, readFileSync(path, 'utf8').replace(sha256Hex('monday'), sha256Hex('tuesday')))
  assert.match(await judge(), /^FAIL EVIDENCE_INVALID/)
})
