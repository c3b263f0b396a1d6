import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import pg from 'pg'
import type { z } from 'zod'
import { openPglite } from '../../src/backend/db/pglite.ts'
import { sqlCheck } from '../../src/checks/sql.ts'
import { createBench, findingsOf, runCheck } from '../support/check-context.ts'
import { deadUrl } from '../support/http-server.ts'
import { need } from '../support/need.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { startTcpServer } from '../support/tcp-server.ts'

const schema = `create table cards (id bigint primary key, payment_id text not null, made timestamptz not null);
  insert into cards values (1, 'pi_1', '2026-01-01T00:00:00Z'), (2, 'pi_1', '2026-01-01T00:00:00Z');
  create sequence numbers`

const postgres = need('postgres')
let server: PostgresServer | undefined

before(async () => {
  if (postgres.skip) return
  server = await startPostgres()
  await inServer(schema)
})
after(() => server?.stop())

async function inServer(text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: server?.url })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

type Expect = z.input<typeof sqlCheck.options>['expect']
const urlOf = () => server?.url ?? assert.fail('no server')

test('rows, columns and cells are judged on PostgreSQL', postgres, async (t) => {
  const bench = await createBench(t)
  const ask = (query: string, expect: Expect, params: string[] = []) =>
    runCheck(sqlCheck, { db: urlOf(), query, params, expect }, bench)
  const counted = 'select count(*) as n, sum(id) as total from cards where payment_id = $1'

  const good = await ask(counted, { rows: 1, columns: ['n', 'total'], cells: { n: 2, total: { lte: 3 } } }, ['pi_1'])
  const bad = await ask('select * from cards', { rows: 1, columns: ['id'], cells: { id: 1, payment: 'pi_1' } })

  assert.equal(good.status, 'PASS')
  assert.deepEqual(good.details, { rows: 1, first: { n: 2, total: 3 } })
  assert.deepEqual(findingsOf(bad), [
    'rows: 1 -> 2',
    'columns: id -> id, payment_id, made',
    'row 2, id: 1 -> 2',
    'row 1, payment: "pi_1" -> nothing',
    'row 2, payment: "pi_1" -> nothing',
  ])
})

test('no row is NO_DATA unless none is what is expected', postgres, async (t) => {
  const bench = await createBench(t)
  const statusOf = async (expect: Expect, where = 'false') =>
    (await runCheck(sqlCheck, { db: urlOf(), query: `select id from cards where ${where}`, expect }, bench)).status
  assert.equal(await statusOf({ cells: { id: 1 } }), 'NO_DATA')
  assert.equal(await statusOf({ rows: { lte: 5 } }), 'NO_DATA')
  assert.equal(await statusOf({ rows: 0 }), 'PASS')
  assert.equal(await statusOf({ rows: 0 }, 'true'), 'FAIL')
})

test('nothing is ever written, whatever the query tries', postgres, async (t) => {
  const bench = await createBench(t)
  const attempts = [
    `insert into cards values (9, 'x', now()) returning id`,
    `with gone as (delete from cards returning id) select * from gone`,
    `select nextval('numbers')`,
    `select set_config('transaction_read_only', 'off', false)`,
    `set transaction read write`,
    `select 1; delete from cards`,
    `commit; delete from cards`,
    `create table evil (id int)`,
  ]
  for (const query of attempts) {
    const { status } = await runCheck(sqlCheck, { db: urlOf(), query, expect: { rows: { gte: 0 } } }, bench)
    assert.equal(status, 'ERROR', query)
  }
  assert.deepEqual(await inServer('select count(*)::int as n from cards'), [{ n: 2 }])
})

test('a parameter is a value and never part of the query', postgres, async (t) => {
  const outcome = await runCheck(
    sqlCheck,
    {
      db: urlOf(),
      query: 'select $1::text as v',
      params: ["'; drop table cards; --"],
      expect: { cells: { v: "'; drop table cards; --" } },
    },
    await createBench(t),
  )
  assert.equal(outcome.status, 'PASS')
  assert.match(outcome.reproduce?.[0] ?? '', /default_transaction_read_only=on/)
})

test('a query that takes too long, is wrong, or cannot be asked is ERROR', postgres, async (t) => {
  const bench = await createBench(t)
  const ask = (db: string, query: string) =>
    runCheck(sqlCheck, { db, query, statementTimeout: '50ms', expect: { rows: 1 } }, bench)
  const slow = await ask(urlOf(), 'select pg_sleep(30)')
  const wrong = await ask(urlOf(), 'select nothing from nowhere')
  const noDatabase = await ask(urlOf().replace(/postgres$/, 'absent'), 'select 1')
  const away = await ask((await deadUrl()).replace('http', 'postgres'), 'select 1')
  const embedded = await ask('pglite://embedded/app', 'select 1')
  const unknown = await ask('mysql://127.0.0.1/x', 'select 1')
  assert.deepEqual(
    [slow, wrong, noDatabase, away, embedded, unknown].map(({ status, cause }) => [status, cause]),
    [
      ['ERROR', 'timeout'],
      ['ERROR', 'other'],
      ['ERROR', 'other'],
      ['ERROR', 'connect'],
      ['ERROR', 'other'],
      ['ERROR', 'other'],
    ],
  )
})

test('a server that never answers does not hold up the check', async (t) => {
  const silent = await startTcpServer(t)
  const stop = new AbortController()
  const bench = await createBench(t, { signal: stop.signal })
  const db = `postgres://127.0.0.1:${silent.port}/x`
  const waiting = runCheck(sqlCheck, { db, query: 'select 1', expect: { rows: 1 } }, bench)
  await silent.visited
  stop.abort(new DOMException('too long', 'TimeoutError'))
  assert.equal((await waiting).cause, 'timeout')
})

test('a PGlite folder is read from a copy and stays as it is', async (t) => {
  const bench = await createBench(t)
  const owner = await openPglite({ dir: join(bench.rootDir, 'data') })
  for (const statement of schema.split(';')) await owner.query(statement)
  const copies = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('gatekit-read-')).length
  const before = await copies()
  const ask = (query: string, expect: Expect) => runCheck(sqlCheck, { db: 'pglite:data', query, expect }, bench)

  const counted = await ask('select count(*) as n from cards', { cells: { n: 2 } })
  const deleting = await ask('delete from cards returning id', { rows: 2 })
  const several = await ask('select 1; delete from cards', { rows: 1 })
  const left = await owner.query('select count(*)::int as n from cards')
  await owner.close()

  assert.deepEqual([counted.status, deleting.status, several.status], ['PASS', 'ERROR', 'ERROR'])
  assert.match(deleting.reason ?? '', /tried to write/)
  assert.deepEqual(left.rows, [{ n: 2 }])
  assert.equal(await copies(), before)
})

test('the embedded database is asked through the context and not closed', async (t) => {
  const asked: unknown[] = []
  const bench = await createBench(t, {
    embeddedDatabase: (url) =>
      url === 'pglite://embedded/app'
        ? {
            query: async (text, params) => {
              asked.push([text, params])
              return { columns: ['n'], rows: [{ n: 7n }] }
            },
            close: () => assert.fail('it is not ours'),
          }
        : undefined,
  })
  bench.values['DATABASE_URL'] = 'pglite://embedded/app'
  const outcome = await runCheck(
    sqlCheck,
    { db: { env: 'DATABASE_URL' }, query: 'select $1', params: [7], expect: { cells: { n: 7 } } },
    bench,
  )
  assert.deepEqual(asked, [['select $1', [7]]])
  assert.equal(outcome.status, 'PASS')
})
