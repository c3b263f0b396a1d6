import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import pg from 'pg'
import type { DrillRecord } from '../../src/drill/record.ts'
import { need, programOf } from '../support/need.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { drillBackup, keep } from './faults/backups.ts'
import { smallDump } from './reading/small-dump.ts'

const options = need('postgres')

let server: PostgresServer
let dir: string
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatekit-early-'))
  if (!programOf('postgres')) return
  server = await startPostgres()
  await ask(`create database scratch`, `comment on database scratch is 'gatekit:scratch'`, 'create database shop')
})
after(async () => {
  await server?.stop()
  await rm(dir, { recursive: true, force: true })
})

const urlOf = (database: string): string => server.url.replace(/\/postgres$/, `/${database}`)

async function ask(...statements: string[]): Promise<string[]> {
  const client = new pg.Client(server.url)
  await client.connect()
  try {
    let rows: Record<string, unknown>[] = []
    for (const each of statements) rows = (await client.query(each)).rows
    return rows.map((row) => String(Object.values(row)[0]))
  } finally {
    await client.end()
  }
}

/** Databases and roles that drills have made. */
const made = (): Promise<string[]> =>
  ask(`select datname from pg_database where datname like 'gatekit%' union all
    select rolname from pg_roles where rolname like 'gatekit%'`)

async function drill(text: string, targetUrl = urlOf('scratch')): Promise<DrillRecord> {
  return drillBackup(dir, { backup: await keep(dir, 'backup.sql', Buffer.from(text)), engine: 'given' }, { targetUrl })
}

const ran = ({ phases }: DrillRecord): string => phases.map(({ name }) => name).join(' ')

test('on a given server the scratch database is made while the backup is read', options, async () => {
  const record = await drill(smallDump)

  assert.equal(record.status, 'PASS', record.reason)
  const [read, provision] = ['read', 'provision'].map((name) => record.phases.find((phase) => phase.name === name)!)
  const end = ({ startedAt, durationMs }: NonNullable<typeof read>) => Date.parse(startedAt) + durationMs
  assert.ok(Date.parse(provision!.startedAt) <= end(read!), 'it began before the backup was read')
  assert.deepEqual(await made(), [])
})

test('of a backup that is refused by what stands behind its rows, nothing stays on the server', options, async () => {
  const record = await drill(smallDump.replace('-- PostgreSQL database dump complete', '\\! touch pwned\n$&'))

  assert.deepEqual([record.exitCode, record.code, record.object], [6, 'HOSTILE_DUMP', '\\!'])
  assert.match(ran(record), / read cleanup /, 'the empty database was there, and was dropped')
  assert.deepEqual(await made(), [])
})

test('for a backup that is refused by what stands before its rows, nothing is made', options, async () => {
  const record = await drill(smallDump.replace(/^SET/m, '\\! touch pwned\n$&'))

  assert.deepEqual([record.exitCode, record.code], [6, 'HOSTILE_DUMP'])
  assert.doesNotMatch(ran(record), /provision|cleanup/)
})

test('a bad backup is told as such though the server is none to be used, and a good one by that', options, async () => {
  const hostile = await drill(
    smallDump.replace('-- PostgreSQL database dump complete', '\\! touch pwned\n$&'),
    urlOf('shop'),
  )
  const good = await drill(smallDump, urlOf('shop'))

  assert.equal(hostile.code, 'HOSTILE_DUMP')
  assert.deepEqual([good.exitCode, good.code, good.stage], [6, 'NOT_SCRATCH', 'provision'])
  assert.deepEqual(await made(), [])
})

test(
  'a database that was made in another encoding than the backup turns out to have is made anew',
  options,
  async () => {
    const late = `SET client_encoding = 'LATIN1';\n-- PostgreSQL database dump complete`
    const record = await drill(
      smallDump.replaceAll('żółć', 'zolc').replace('-- PostgreSQL database dump complete', late),
    )

    assert.equal(record.status, 'PASS', record.reason)
    assert.match(ran(record), / read preflight cleanup provision /)
    assert.deepEqual(await made(), [])
  },
)
