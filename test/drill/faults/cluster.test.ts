import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { need } from '../../support/need.ts'
import { type Backups, drillBackup, keep, makeBackups } from './backups.ts'

let backups: Backups
let other: string
before(async () => {
  if (need('postgres').skip !== false) return
  backups = await makeBackups()
  other = backups.create("create table notes (id int primary key, text text); insert into notes values (1, 'a')")
  backups.create('create table hollow (n int); create function f() returns int language sql as $$ select 1 $$')
})
after(() => backups?.stop())

const dumpAll = (...args: string[]): Buffer =>
  execFileSync(join(backups.server.binDir, 'pg_dumpall'), [...args, '-d', backups.server.url], { maxBuffer: 1 << 28 })

async function drill(bytes: Buffer | string, config: object = {}) {
  const backup = await keep(backups.dir, 'all.sql', bytes)
  const { findings, evidence } = await drillBackup(backups.dir, { backup, ...config })
  const wrong = findings.filter(({ exit }) => exit > 0)
  return { evidence, wrong: wrong.map(({ code, object }) => `${code} ${object}`), said: wrong[0]?.message }
}

test('a dump of all databases passes, also of those that are empty', need('postgres'), async () => {
  const assertions = [{ name: 'cards', sql: 'select count(*) from cards', atLeast: 500 }]
  const bytes = dumpAll('--clean', '--if-exists', '--inserts')
  const { wrong, evidence } = await drill(bytes, { tables: { cards: 500 }, assertions })

  assert.deepEqual(wrong, [])
  assert.ok(evidence.tables.some(({ name, rows }) => name.endsWith('.public.cards') && rows === 500))
  assert.ok(evidence.tables.some(({ name, rows }) => name === `${other}.public.notes` && rows === 1))
})

test('what is wrong in one of the databases of a dump is found and told with its name', need('postgres'), async () => {
  const twice = dumpAll().toString('latin1').replace('\n1\ta\n', '\n1\ta\n1\ta\n')
  const { wrong, said } = await drill(twice, { tables: { cards: 500 } })

  assert.deepEqual(wrong, ['CONSTRAINT_FAILED notes_pkey'])
  assert.match(said ?? '', new RegExp(`^database ${other}: `))
})

test('the configuration speaks of the database that it names', need('postgres'), async () => {
  const dump = dumpAll()

  assert.deepEqual((await drill(dump, { database: other, tables: { cards: 1 } })).wrong, ['TABLE_MISSING cards'])
  assert.deepEqual((await drill(dump, { database: 'none' })).wrong, ['WRONG_DATABASE none'])
})

test('roles without a database are no backup of one', need('postgres'), async () => {
  const { wrong, said } = await drill(dumpAll('--globals-only'))

  assert.deepEqual(wrong, ['EMPTY databases'])
  assert.match(said ?? '', /only roles and tablespaces/)
})
