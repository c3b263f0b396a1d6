import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Database, DatabaseError } from '../../../src/drill/engines/define.ts'
import { runPrivileged } from '../../../src/drill/load/run-privileged.ts'
import { openDatabase } from '../../../src/drill/wire/open-database.ts'
import { need } from '../../support/need.ts'
import { type PostgresServer, startPostgres } from '../../support/postgres.ts'

let server: PostgresServer
let [admin, owner]: Database[] = []
before(async () => {
  if (need('postgres').skip !== false) return
  server = await startPostgres()
  const { port } = new URL(server.url)
  const { signal } = new AbortController()
  const open = (user: string) =>
    openDatabase({ host: '127.0.0.1', port: Number(port), user, database: 'postgres', timeoutMs: 30_000, signal })
  admin = await open('postgres')
  await admin.exec(`
    create role loader login; create role shop; grant shop to loader; grant all on schema public to loader, shop;
    create language plwild handler plpgsql_call_handler inline plpgsql_inline_handler validator plpgsql_validator`)
  owner = await open('loader')
})
after(async () => {
  await owner?.close()
  await admin?.close()
  await server?.stop()
})

const run = (sql: string) => runPrivileged(admin as Database, sql, { ownerName: 'loader', sessions: 4 })

const denied = async (sql: string): Promise<void> => {
  await assert.rejects((owner as Database).exec(sql), (error: DatabaseError) => {
    assert.equal(error.fields.code, '42501', `${sql}: ${error.message}`)
    return true
  })
}

test(
  'a function of an untrusted language is restored, and nothing of the backup may call it',
  need('postgres'),
  async () => {
    const body = "returns int language plwild immutable as 'begin return 1; end'"
    assert.equal(await run('alter default privileges for role postgres grant all on functions to shop'), undefined)
    assert.equal(await run(`create function wild(int, int) ${body}`), undefined)
    assert.equal(
      await run(`create /* in another spelling */ function wild(float8, float8) ${body.replace('int', 'float8')}`),
      undefined,
    )
    assert.equal(await run('create aggregate wilder(int) (sfunc = wild, stype = int)'), undefined)
    for (const sql of [
      'alter function wild(int, int) owner to shop',
      'grant execute on function wild(int, int) to public',
      'create operator class mine for type int using btree as function 1 wild(int, int)',
      'create type spans as range (subtype = float8, subtype_diff = wild)',
    ])
      assert.equal(await run(sql), 'privilege', sql)
    for (const sql of [
      'select wild(1, 2)',
      'select wilder(1)',
      'set role shop; select wild(1, 2)',
      'reset role; create table t (n int default wild(1, 2)); insert into t default values',
      'create operator ## (leftarg = int, rightarg = int, function = wild)',
    ])
      await denied(sql)
  },
)

test('what is of the backup alone is handed over, and works', need('postgres'), async () => {
  assert.equal(await run("create function tame() returns int language sql leakproof as 'select 1'"), undefined)
  assert.equal(await run('create type spans as range (subtype = float8, subtype_diff = float8mi)'), undefined)
  assert.equal(await run('create aggregate total(int) (sfunc = int4_sum, stype = bigint)'), undefined)
  assert.equal(await run('create extension pg_trgm'), undefined)
  assert.equal(await run('grant execute on function similarity(text, text) to shop'), undefined)
  assert.equal(
    await run('create operator class same for type int using btree as function 1 btint4cmp(int, int)'),
    undefined,
  )
  await (owner as Database).exec(
    "reset role; select tame(), total(n), similarity('a', 'b') from generate_series(1, 3) n; drop function tame()",
  )
})
