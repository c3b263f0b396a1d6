import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Contract } from '../../../src/payments/contract/schema.ts'
import { createObserver } from '../../../src/payments/observe/observer.ts'
import { openSqlite } from '../../../src/payments/observe/sources/sqlite.ts'
import { sendJson, startServer } from '../../support/http-server.ts'
import { startMariadb } from '../../support/mariadb.ts'
import { need } from '../../support/need.ts'
import { startPostgres } from '../../support/postgres.ts'
import { makeContract, own } from '../bench.ts'

const subject = { user: 'u1', email: 'a@example.test', payment: 'pi_1' }
const active = '$.revoked == false'

/** An observer of a contract with these observers, asking a server at this address. */
async function observerOf(
  t: Parameters<typeof makeContract>[0],
  observe: Record<string, unknown>,
  { baseUrl, files = {} }: { baseUrl?: string; files?: Record<string, string> } = {},
) {
  const contract: Contract = await makeContract(t, { more: { observe }, files })
  if (baseUrl) contract.target.baseUrl = baseUrl
  const observer = createObserver(contract, { own })
  t.after(() => observer.close())
  return { observer, contract }
}

test('effects are read by HTTP, for one subject, with the headers of the contract', async (t) => {
  const asked: (string | undefined)[] = []
  const baseUrl = await startServer(t, (request, response) => {
    asked.push(request.url, request.headers['x-key'] as string)
    sendJson(response, { cards: [{ revoked: false }, { revoked: true }] })
  })
  const grants = { GET: '/users/{user}/cards?p={payment}', headers: { 'x-key': 'k' }, list: '$.cards', active }
  const { observer } = await observerOf(t, { grants }, { baseUrl })

  const { active: count, total, trouble } = await observer.observe(subject)

  assert.deepEqual({ count, total, trouble }, { count: 1, total: 2, trouble: [] })
  assert.deepEqual(asked, ['/users/u1/cards?p=pi_1', 'k'])
})

test('what was read is kept for searches, once where it did not change', async (t) => {
  let count = 0
  const baseUrl = await startServer(t, (_, response) => sendJson(response, { cards: [], n: count++ < 3 ? 0 : 1 }))
  const { observer } = await observerOf(t, { grants: { GET: '/cards', list: '$.cards' } }, { baseUrl })
  for (let reading = 0; reading < 5; reading++) await observer.observe(subject)

  const bodies = observer.sightings().map(({ body }) => body)

  assert.deepEqual(bodies, ['{"cards":[],"n":0}', '{"cards":[],"n":1}'])
  assert.deepEqual(observer.sightings(), [])
})

test('404 is nothing; 500, text and silence are trouble that says why', async (t) => {
  const answers: Record<string, (response: Parameters<typeof sendJson>[0]) => void> = {
    '/404': (response) => sendJson(response, { error: 'unknown' }, 404),
    '/500': (response) => sendJson(response, {}, 500),
    '/text': (response) => void response.end('hello'),
    '/cut': (response) => void response.destroy(),
  }
  const baseUrl = await startServer(t, (request, response) => answers[request.url ?? '']?.(response))
  const read = async (path: string) => {
    const { observer } = await observerOf(t, { grants: { GET: path, list: '$.cards' } }, { baseUrl })
    return observer.observe(subject)
  }

  assert.deepEqual(await read('/404'), { trouble: [], active: 0, total: 0 })
  assert.match((await read('/500')).trouble[0]?.reason ?? '', /answered 500/)
  assert.match((await read('/text')).trouble[0]?.reason ?? '', /not JSON/)
  assert.match((await read('/cut')).trouble[0]?.reason ?? '', /socket hang up|ECONNRESET/)
})

test('a command prints one document or one per line, and its failure is trouble', async (t) => {
  const script = 'if (process.argv[2] !== "u1") process.exit(4)\nconsole.log(\'{"revoked":false}\\n{"revoked":true}\')'
  const read = async (command: string) => {
    const { observer } = await observerOf(t, { grants: { command, active } }, { files: { 'show.cjs': script } })
    return observer.observe(subject)
  }

  assert.deepEqual(await read('node show.cjs {user}'), { trouble: [], active: 1, total: 2 })
  assert.match((await read('node show.cjs other')).trouble[0]?.reason ?? '', /ended with 4/)
})

test('mails are the whole JSON files of a folder that match, as they come and go', async (t) => {
  const { observer, contract } = await observerOf(t, { mails: { dir: 'outbox', match: { to: '{email}' } } })
  const dir = join(contract.dir, 'outbox')
  const count = async () => (await observer.observe(subject)).mails?.length
  assert.equal(await count(), 0)

  await mkdir(dir)
  await writeFile(join(dir, 'a.json'), JSON.stringify({ to: 'a@example.test' }))
  await writeFile(join(dir, 'b.json'), JSON.stringify({ to: 'b@example.test' }))
  await writeFile(join(dir, '.c.json.tmp'), '{')
  assert.equal(await count(), 1)

  await writeFile(join(dir, 'b.json'), JSON.stringify({ to: 'a@example.test', again: true }))
  assert.equal(await count(), 2)
  await writeFile(join(dir, 'd.json'), '{"to":')
  assert.match((await observer.observe(subject)).trouble[0]?.reason ?? '', /d\.json is not whole/)
  await rm(join(dir, 'd.json'))
  await rename(join(dir, 'a.json'), join(dir, 'a.sent'))
  assert.equal(await count(), 1)
})

const cardsTable = [
  'create table cards(id integer, payment_id varchar(40), revoked boolean, price bigint)',
  "insert into cards values (1, 'pi_1', false, 5), (2, 'pi_1', true, 5), (3, 'pi_2', false, 5)",
]
const grantsBy = (db: unknown, sql = 'select revoked from cards where payment_id = {payment}') => ({
  grants: { sql, db, active },
  payment: { sql: "select price as amount from cards where payment_id = '{payment}' limit 1", db, amount: '$.amount' },
})
const seen = { trouble: [], active: 1, total: 2, payment: { found: true, amount: 5 } }

test('effects are read from SQLite, which no statement can change', async (t) => {
  const { observer, contract } = await observerOf(t, grantsBy('sqlite:data/app.db'))
  await mkdir(join(contract.dir, 'data'))
  const file = join(contract.dir, 'data/app.db')
  execFileSync('sqlite3', [file, cardsTable.join(';')])

  assert.deepEqual(await observer.observe(subject), seen)
  await assert.rejects(openSqlite(`sqlite:${file}`, '/').query('delete from cards'), /readonly/)
  await rename(file, `${file}.away`)
  assert.match((await observer.observe(subject)).trouble[0]?.reason ?? '', /unable to open/)
})

test('effects are read from PostgreSQL, also after it was away', need('postgres'), async (t) => {
  const server = await startPostgres()
  t.after(() => server.stop())
  const pg = (await import('pg')).default
  const client = new pg.Client(server.url)
  await client.connect()
  for (const each of cardsTable) await client.query(each)
  const { observer } = await observerOf(t, grantsBy(server.url))

  assert.deepEqual(await observer.observe(subject), seen)
  await client.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'gatekit'")
  await observer.observe(subject)
  assert.deepEqual(await observer.observe(subject), seen)
  await client.end()
})

test('a statement that writes in spite of all is stopped by the read-only transaction', need('postgres'), async (t) => {
  const server = await startPostgres()
  t.after(() => server.stop())
  const { openPostgres } = await import('../../../src/payments/observe/sources/postgres.ts')
  const client = openPostgres(server.url)
  t.after(() => client.close())

  await assert.rejects(client.query('create table t(a int)'), /read-only transaction/)
  await assert.rejects(client.query('commit; create table t(a int)'), /multiple commands/)
  assert.deepEqual(await client.query('select 1::int8 as n'), [{ n: 1 }])
})

test(
  'effects are read from MySQL and MariaDB through their program, which cannot write',
  need('mariadb'),
  async (t) => {
    const server = await startMariadb()
    t.after(() => server.stop())
    server.run(`use test; ${cardsTable.join(';')}`)
    const { observer } = await observerOf(t, grantsBy(server.url))

    assert.deepEqual(await observer.observe(subject), seen)
    const { openMysql } = await import('../../../src/payments/observe/sources/mysql.ts')
    await assert.rejects(openMysql(server.url).query('delete from cards'), /READ ONLY transaction/i)
    assert.deepEqual(await openMysql(server.url).query("select null as a, '<&' as b, 1 as c"), [
      { a: null, b: '<&', c: '1' },
    ])
  },
)

test('a variable names the database, and a missing one is told', async (t) => {
  await assert.rejects(observerOf(t, grantsBy({ env: 'SHOP_DB' })), /SHOP_DB is not set/)
})
