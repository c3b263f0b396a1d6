import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { settingsOf } from '../../../src/drill/engines/given.ts'
import { compareLargeObjects } from '../../../src/drill/proof/large-objects.ts'
import { readBackup } from '../../../src/drill/reading/read-backup.ts'
import { openDatabase } from '../../../src/drill/wire/open-database.ts'
import { need } from '../../support/need.ts'
import { type Backups, keep, makeBackups } from '../faults/backups.ts'

let backups: Backups
before(async () => {
  if (need('postgres').skip === false) backups = await makeBackups()
})
after(() => backups?.stop())

test('large objects are compared byte for byte, whatever format they were dumped in', need('postgres'), async () => {
  const some =
    "select lo_from_bytea(70001, decode(repeat('00ff5c0a', 3000), 'hex')), lo_from_bytea(70002, 'short'), lo_create(70003);"
  const source = backups.create(`${some} select lo_put(lo_create(70004), 5000, 'after a hole')`)
  // A hole reads as zeros, and zeros is what a dump of it restores.
  const restored = backups.create(
    `${some} select lo_from_bytea(70004, decode(repeat('00', 5000), 'hex') || 'after a hole')`,
  )
  const readings = []
  for (const args of [[], ['-Fc'], ['-Fc', '-Z0'], ['-Ft']])
    readings.push(await readBackup(await keep(backups.dir, 'b', backups.dump(args, source))))
  const digests = new Set(readings.map(({ largeObjects }) => largeObjects.digest))
  assert.deepEqual([digests.size, digests.has(undefined)], [1, false])

  const [file] = readings
  assert.ok(file)
  const reach = { statementTimeoutMs: 10_000, signal: new AbortController().signal }
  const database = await openDatabase(settingsOf(backups.url(restored), reach))
  const codes = async (depth: 'fast' | 'full' = 'full') =>
    (await compareLargeObjects(database, { file, depth })).map(({ code }) => code)
  assert.deepEqual(await codes(), [])
  backups.sql(restored, "select lo_put(70001, 4000, 'X')")
  assert.deepEqual([await codes(), await codes('fast')], [['CONTENT_MISMATCH'], []])
  backups.sql(restored, 'select lo_unlink(70003)')
  assert.deepEqual([await codes(), await codes('fast')], [['LO_MISSING'], ['LO_MISSING']])
  await database.close()
})

test('objects that statements fill in another way than pg_dump does are counted', need('postgres'), async () => {
  const plain = backups.dump([]).toString('latin1')
  const text = plain.replace('-- PostgreSQL database dump complete', "SELECT lo_from_bytea(80001, 'x');\n$&")
  const { largeObjects } = await readBackup(await keep(backups.dir, 'b.sql', text))
  assert.equal(largeObjects.digest, undefined)
})
