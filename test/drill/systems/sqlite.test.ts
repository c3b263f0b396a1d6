import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import sqlite from 'node-sqlite3-wasm'
import { drillFile, ownFolder } from './drilled.ts'

let dir: string
let remove: () => Promise<void>
before(async () => {
  ;({ dir, remove } = await ownFolder())
})
after(() => remove())

const shop = `
create table artists (id integer primary key, name text not null unique);
create table cards (id integer primary key autoincrement, artist_id integer references artists (id), price real check (price >= 0), data blob,
  cents integer generated always as (price * 100) stored);
create index cards_artist on cards (artist_id);
create table "odd ""q; Name" ("a column" text, created_at text) strict;
create view dear as select * from cards where price > 10;
create trigger t after insert on cards begin select 1; end;
create virtual table notes using fts5 (body);
insert into artists (name) values ('a'), ('b');
insert into cards (artist_id, price, data) values (1, 1.5, x'00ff'), (2, 20, null), (null, 3, 'text');
insert into "odd ""q; Name" values ('x', '2026-03-01 10:00:00');
insert into notes values ('hello');
`

async function make(name: string, sql = shop, settings = ''): Promise<string> {
  const path = join(dir, `${name}.db`)
  const database = new sqlite.Database(path)
  if (settings) for (const each of settings.split(';')) database.all(each)
  database.exec(sql)
  database.close()
  return path
}

const drill = (path: string, expectations?: unknown) =>
  drillFile(path, { engine: 'sqlite', format: 'sqlite' }, expectations)

test('a good file passes, is left as it was, and its tables are summed up', async () => {
  const path = await make('good')
  const before = createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
  const { wrong, state } = await drill(path, {
    tables: { cards: 3, artists: 1, 'odd "q; Name': 1 },
    objects: ['dear', 't', 'cards_artist'],
    softKeys: { 'cards.artist_id': 'artists.id' },
    assertions: [
      { name: 'dear', sql: 'select count(*) from dear', equals: 1 },
      { name: 'true', sql: 'select 1 = 1' },
    ],
    watermark: ['odd "q; Name.created_at'],
  })
  assert.deepEqual(wrong, [])
  assert.equal(
    createHash('sha256')
      .update(await readFile(path))
      .digest('hex'),
    before,
  )
  assert.ok(state.evidence.tables.some(({ name, rows, sha256 }) => name === 'cards' && rows === 3 && sha256))
  assert.match(state.evidence.engine?.version ?? '', /^3\./)
})

test('a compressed file and one in write-ahead mode, with its last transactions in the log, pass', async () => {
  const path = await make('zipped')
  await writeFile(`${path}.gz`, gzipSync(await readFile(path)))
  assert.deepEqual((await drill(`${path}.gz`)).wrong, [])

  const live = join(dir, 'live.db')
  const database = new sqlite.Database(live)
  for (const each of ['locking_mode = exclusive', 'journal_mode = wal', 'wal_autocheckpoint = 0'])
    database.all(`pragma ${each}`)
  database.exec(shop)
  const copy = join(dir, 'copy.db')
  await copyFile(live, copy)
  await copyFile(`${live}-wal`, `${copy}-wal`)
  database.close()
  assert.deepEqual((await drill(copy, { tables: { cards: 3 } })).wrong, [])
})

const faults: Record<string, { sql?: string; damage?: (bytes: Buffer) => void; expectations?: unknown; says: RegExp }> =
  {
    'no table': { sql: 'pragma user_version = 1', says: /^TABLE_MISSING tables$/ },
    'no row': { sql: 'create table t (n)', says: /^ROWS_BELOW_MIN t$/ },
    'a required table that is lost': { expectations: { tables: { purchases: 1 } }, says: /^TABLE_MISSING purchases$/ },
    'too few rows': { expectations: { tables: { cards: 4 } }, says: /^ROWS_BELOW_MIN cards$/ },
    'a required view that is lost': { expectations: { objects: ['cheap'] }, says: /^OBJECTS_MISSING cheap$/ },
    orphans: {
      sql: `${shop}; pragma foreign_keys = off; insert into cards (artist_id) values (99)`,
      says: /^ORPHANS cards$/,
    },
    'declared orphans': {
      sql: `${shop}; create table likes (card); insert into likes values (77)`,
      expectations: { softKeys: { 'likes.card': 'cards.id' } },
      says: /^ORPHANS likes$/,
    },
    'an assertion that does not hold': {
      expectations: { assertions: [{ name: 'x', sql: 'select 1 = 2' }] },
      says: /^ASSERTION_FAILED x$/,
    },
    'an assertion about nothing': {
      expectations: { assertions: [{ name: 'x', sql: 'select 1 where 1 = 2' }] },
      says: /^ASSERTION_FAILED x$/,
    },
    'a page of rubbish': { damage: (bytes) => bytes.fill(0xa5, 4096, 8192), says: /CORRUPT/ },
    'a file that was cut': { damage: (bytes) => bytes.fill(0, Math.floor(bytes.length / 2)), says: /CORRUPT/ },
  }

for (const [title, { sql, damage, expectations, says }] of Object.entries(faults)) {
  test(`found in a file of SQLite: ${title}`, async () => {
    const path = await make(title.replaceAll(' ', '-'), sql)
    if (damage) {
      const bytes = await readFile(path)
      damage(bytes)
      await writeFile(path, bytes)
    }
    const { wrong } = await drill(path, expectations)
    assert.match(wrong.join('\n'), says)
  })
}

test('a question that never ends is cut off', async () => {
  const path = await make('endless')
  const { openSqlite } = await import('../../../src/drill/systems/sqlite/session.ts')
  const session = await openSqlite(path, { signal: new AbortController().signal, timeoutMs: 300 })
  const endless = 'with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n'
  await assert.rejects(
    session.ask(endless),
    (error: Error & { finding?: { code: string } }) => error.finding?.code === 'TIMEOUT',
  )
  await session.close()
})
