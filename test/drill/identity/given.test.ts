import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { givenEngine } from '../../../src/drill/engines/given.ts'
import { DrillStop } from '../../../src/drill/findings.ts'
import { assertNotSource } from '../../../src/drill/identity/not-source.ts'
import { fingerprint, openSource } from '../../../src/drill/identity/source.ts'
import { sweepServer } from '../../../src/drill/lease/sweep-server.ts'
import { systemClock } from '../../../src/kernel/clock.ts'
import { need, programOf } from '../../support/need.ts'
import { type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { startEngine } from '../scratch.ts'

const options = need('postgres')
const reach = { statementTimeoutMs: 30_000, signal: new AbortController().signal }

let server: PostgresServer
before(async () => {
  if (programOf('postgres')) server = await startPostgres()
})
after(() => server?.stop())

const urlOf = (database: string): string => server.url.replace(/\/postgres$/, `/${database}`)

async function ask(database: string, ...statements: string[]): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(urlOf(database))
  await client.connect()
  try {
    let rows: Record<string, unknown>[] = []
    for (const each of statements) rows = (await client.query(each)).rows
    return rows
  } finally {
    await client.end()
  }
}

const refusedAs = (code: string) => (error: unknown) => error instanceof DrillStop && error.finding.code === code

test('a database that nobody declared as scratch is refused, and nothing is made on its server', options, async () => {
  await ask('postgres', 'create database prod2')

  await assert.rejects(startEngine(givenEngine, { targetUrl: urlOf('prod2') }), refusedAs('NOT_SCRATCH'))

  assert.deepEqual(await ask('postgres', `select datname from pg_database where datname like 'gatekit%'`), [])
})

test('a scratch database that holds a table is refused: somebody may need it', options, async () => {
  await ask('postgres', 'create database full_one', `comment on database full_one is 'gatekit:scratch'`)
  await ask('full_one', 'create table precious (id integer)')

  await assert.rejects(startEngine(givenEngine, { targetUrl: urlOf('full_one') }), refusedAs('TARGET_NOT_EMPTY'))
})

test('on a scratch server the drill has a database and roles of its own, and leaves neither', options, async () => {
  await ask(
    'postgres',
    'create database scratch_one',
    `comment on database scratch_one is 'gatekit:scratch'`,
    'create role kept',
  )
  const before = await ask('postgres', 'select rolname from pg_roles order by 1')

  const started = await startEngine(givenEngine, { targetUrl: urlOf('scratch_one'), drillId: 'given_1' })
  const admin = await started.scratch.superuser()
  await started.scratch.remember?.('visitor')
  await admin.exec('create role visitor')
  await admin.close()
  assert.deepEqual(await ask('postgres', `select datname from pg_database where datname like 'gatekit%'`), [
    { datname: 'gatekit_drill_given_1' },
  ])
  await started[Symbol.asyncDispose]()

  assert.deepEqual(await ask('postgres', `select datname from pg_database where datname like 'gatekit%'`), [])
  assert.deepEqual(await ask('postgres', 'select rolname from pg_roles order by 1'), before)
})

test('a role that another drill on the server uses stays until nobody does', options, async () => {
  await ask(
    'postgres',
    'create database shared_one',
    `comment on database shared_one is 'gatekit:scratch'`,
    'create database beside',
  )
  let left = 0
  const started = await startEngine(givenEngine, {
    targetUrl: urlOf('shared_one'),
    drillId: 'shared_1',
    soil: () => left++,
  })
  await started.scratch.remember?.('both_use_it')
  await ask('beside', 'create role both_use_it', 'grant create on database beside to both_use_it')
  await started[Symbol.asyncDispose]()

  assert.equal(left, 1)
  const roles = `select rolname from pg_roles where rolname in ('both_use_it', 'gatekit_drill_shared_1')`
  assert.deepEqual(await ask('postgres', roles), [{ rolname: 'both_use_it' }])
  const [row] = await ask('postgres', 'select system_identifier::text as id from pg_control_system()')
  const trace = { kind: 'role' as const, server: String(row?.id), name: 'both_use_it' }
  assert.equal(await sweepServer(server.url, reach)(trace, 'shared_1'), false)
  await ask('postgres', 'drop database beside')
  assert.equal(await sweepServer(server.url, reach)(trace, 'shared_1'), true)
  assert.deepEqual(await ask('postgres', roles), [])
})

test(
  'a sweep of a scratch server removes what carries the marker of the dead drill, and nothing else',
  options,
  async () => {
    const [row] = await ask('postgres', 'select system_identifier::text as id from pg_control_system()')
    const trace = (name: string, id = String(row?.id)) => ({ kind: 'database' as const, server: id, name })
    await ask(
      'postgres',
      'create database gatekit_drill_dead',
      `comment on database gatekit_drill_dead is 'gatekit:scratch:dead'`,
      'create database gatekit_drill_alive',
      `comment on database gatekit_drill_alive is 'gatekit:scratch:alive'`,
    )
    const sweep = sweepServer(server.url, reach)

    assert.equal(await sweep(trace('gatekit_drill_dead', '1'), 'dead'), false, 'a trace of another cluster')
    assert.equal(await sweep(trace('gatekit_drill_alive'), 'dead'), false, 'the marker of another drill')
    assert.equal(await sweep(trace('gatekit_drill_dead'), 'dead'), true)

    const left = await ask('postgres', `select datname from pg_database where datname like 'gatekit%'`)
    assert.deepEqual(left, [{ datname: 'gatekit_drill_alive' }])
    await ask('postgres', 'drop database gatekit_drill_alive')
  },
)

test('the source is known in every spelling', options, async () => {
  await ask('postgres', 'create database shop', 'create database other')
  const { port, searchParams } = new URL(server.url)
  assert.equal(searchParams.size, 0)
  const spellings = [
    urlOf('shop'),
    `postgres://postgres@localhost:${port}/shop`,
    `postgresql://postgres@127.0.0.1:${port}/shop?application_name=x`,
    `postgres://postgres@[::ffff:127.0.0.1]:${port}/shop`,
    // Another database of the same cluster is no scratch server either.
    urlOf('other'),
  ]
  for (const target of spellings)
    await assert.rejects(assertNotSource(target, urlOf('shop'), {}, reach), refusedAs('TARGET_IS_SOURCE'), target)
})

test('DATABASE_URL counts as a source that nobody named', options, async () => {
  const env = { DATABASE_URL: 'postgres://app:secret@localhost:5432/shop' }
  await assert.rejects(
    assertNotSource('postgres://127.0.0.1/shop', undefined, env, reach),
    refusedAs('TARGET_IS_SOURCE'),
  )
})

test('looking at the source changes nothing, and the session refuses to write', options, async () => {
  await ask('postgres', 'create database looked_at')
  await ask('looked_at', 'create table t (id serial primary key)', 'insert into t default values')
  const source = await openSource(urlOf('looked_at'), reach)
  const before = await fingerprint(source, systemClock)
  const again = await fingerprint(source, systemClock)

  assert.equal(again.sha256, before.sha256)
  await assert.rejects(source.exec('insert into t default values'), /read-only/)
  await source.close()

  await ask('looked_at', 'create table u (id integer)')
  const later = await openSource(urlOf('looked_at'), reach)
  assert.notEqual((await fingerprint(later, systemClock)).sha256, before.sha256)
  await later.close()
})

test('a source that cannot be reached leaves the drill undecided', options, async () => {
  await assert.rejects(openSource('postgres://postgres@127.0.0.1:1/shop', reach), refusedAs('SOURCE_UNREACHABLE'))
})
