import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { need } from '../../support/need.ts'
import { type Backups, makeBackups } from '../faults/backups.ts'
import { drillOdd, makeRoles } from './drilled.ts'

/**
 * Databases that are odd and good, made by chance, dumped by pg_dump in all its formats. `GATEKIT_ODD=1..300` takes other seeds. Those
 * here have each once been called bad by a drill that was wrong, and together make use of every feature and format.
 */
const [from = 0, to = 0] = (process.env.GATEKIT_ODD ?? '').split('..').map(Number)
const chosen =
  to > from ? Array.from({ length: to - from }, (_, at) => from + at) : [3, 112, 113, 120, 137, 149, 154, 228, 239, 261]

let backups: Backups
before(async () => {
  if (need('postgres').skip !== false) return
  backups = await makeBackups()
  makeRoles(backups)
})
after(() => backups?.stop())

describe('the backup of a database that is odd and good passes', { concurrency: 2 }, () => {
  for (const seed of chosen)
    test(`seed ${seed}`, need('postgres'), async () => {
      const { record, told } = await drillOdd(backups, seed, {})
      assert.equal(record.exitCode, 0, told)
    })
})
