import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmod, cp, mkdir, open, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { drillSchema } from '../../../src/drill/config.ts'
import { optionsOf } from '../../../src/drill/configured.ts'
import { runDrill } from '../../../src/drill/flow.ts'
import type { DrillRecord } from '../../../src/drill/record.ts'
import { systemClock } from '../../../src/kernel/clock.ts'
import { createSecrets } from '../../../src/kernel/secrets.ts'
import { need, programOf } from '../../support/need.ts'
import { startPostgres } from '../../support/postgres.ts'
import { filesOf } from '../faults/untouched.ts'
import { scratchHome } from '../scratch.ts'

const options = { ...need('postgres'), timeout: 300_000 }

let home: string
const outer = process.env.TMPDIR
const at = (name: string): string => join(home, name)

/** A cluster with 500 cards at the restore point `before_mistake`, none after it; its base backup is older than both. */
before(async () => {
  home = await scratchHome()
  await mkdir(at('project'))
  // The account of the server could write here, and must not.
  await chmod(at('project'), 0o777)
  if (!programOf('postgres')) return
  const server = await startPostgres()
  const run = (program: string, ...args: string[]) =>
    execFileSync(join(server.binDir, program), args, { stdio: 'pipe' })
  const psql = (sql: string) => run('psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', sql, server.url)
  try {
    psql('create table cards (id serial primary key, title text not null)')
    psql(`insert into cards (title) select 'card ' || n from generate_series(1, 300) n`)
    await mkdir(at('wal'))
    run('pg_basebackup', '-D', at('base'), '-d', server.url, '-X', 'stream', '-c', 'fast')
    run('pg_basebackup', '-D', at('tar'), '-d', server.url, '-X', 'stream', '-c', 'fast', '-Ft', '-z')
    psql(`insert into cards (title) select 'card ' || n from generate_series(301, 500) n`)
    psql(`select pg_create_restore_point('before_mistake')`)
    psql('delete from cards')
    psql('select pg_switch_wal()')
    psql('create table later (id integer)')
    const data = run('psql', '-X', '-A', '-t', '-c', 'show data_directory', server.url).toString().trim()
    const segments = (await readdir(join(data, 'pg_wal'))).filter((name) => /^[0-9A-F]{24}$/.test(name)).sort()
    for (const name of segments) await cp(join(data, 'pg_wal', name), join(at('wal'), name))
  } finally {
    await server.stop()
  }
  process.env.TMPDIR = home
})
after(async () => {
  if (outer === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = outer
  await rm(home, { recursive: true, force: true })
})

async function drill(backup: string, over: object = {}): Promise<DrillRecord> {
  const config = drillSchema.parse({ backup, stable: '1ms', ...over })
  const options = optionsOf(config, {
    rootDir: at('project'),
    env: process.env,
    clock: systemClock,
    signal: new AbortController().signal,
    secrets: createSecrets(),
    tool: 'test',
    onEvent: () => {},
  })
  const look = () => Promise.all([backup, at('wal'), at('project')].map((dir) => filesOf({ dir }, home)))
  const before = await look()
  const record = await runDrill({ ...options, evidence: undefined })
  assert.deepEqual(await look(), before, 'backup and archive are only read: no history file, no new timeline')
  return record
}

const rowsOf = (record: DrillRecord): number | undefined =>
  record.evidence.tables.find(({ name }) => name === 'public.cards')?.rows

test('a base backup is recovered with the WAL inside it, and every row is read', options, async () => {
  const record = await drill(at('base'))

  assert.equal(record.status, 'PASS', record.reason)
  assert.equal(rowsOf(record), 300)
})

test('a base backup in tar files is checked and recovered as well', options, async () => {
  const record = await drill(at('tar'))
  assert.equal(record.status, 'PASS', record.reason)
  assert.equal(rowsOf(record), 300)
})

test('with archived WAL it is recovered to a point in time, its sequence ahead of what was used', options, async () => {
  const ahead = 'select last_value - (select max(id) from cards) between 1 and 32 from cards_id_seq'

  const record = await drill(at('base'), {
    recovery: { wal: at('wal'), targetName: 'before_mistake' },
    assertions: [{ name: 'the sequence is ahead by what was logged in advance', sql: ahead }],
  })

  assert.equal(record.status, 'PASS', record.reason)
  assert.equal(rowsOf(record), 500)
})

test('a target that the WAL does not reach is told, not passed over', options, async () => {
  const record = await drill(at('base'), { recovery: { wal: at('wal'), targetName: 'never_made' } })
  assert.deepEqual([record.exitCode, record.code, record.object], [1, 'MEMBER_MISSING', 'WAL'], record.reason)
})

test('a flipped byte and a missing file are named before any server starts', options, async () => {
  await cp(at('base'), at('flipped'), { recursive: true })
  const file = await open(at('flipped/global/pg_control'), 'r+')
  await file.write(Buffer.from([0xff]), 0, 1, 200)
  await file.close()
  const flipped = await drill(at('flipped'))
  assert.deepEqual([flipped.exitCode, flipped.code, flipped.object], [1, 'CORRUPT', 'global/pg_control'])

  await cp(at('base'), at('holed'), { recursive: true })
  await rm(at('holed/pg_xact/0000'))
  const holed = await drill(at('holed'))
  assert.deepEqual([holed.exitCode, holed.code, holed.object], [1, 'MEMBER_MISSING', 'pg_xact/0000'])
  assert.equal(
    holed.phases.some(({ name }) => name === 'provision'),
    false,
  )
})

test('settings of the source do not count: nothing is archived, no command of its runs', options, async () => {
  await cp(at('base'), at('armed'), { recursive: true })
  const trap = `archive_mode = on\narchive_command = 'touch ${at('project')}/archived'\narchive_cleanup_command = 'touch ${at('project')}/cleaned'\n`
  await writeFile(at('armed/postgresql.auto.conf'), trap)

  const record = await drill(at('armed'))

  assert.equal(record.status, 'PASS', record.reason)
  assert.deepEqual(await readdir(at('project')), [])
})
