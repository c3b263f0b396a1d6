import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createClient } from '@redis/client'
import sqlite from 'node-sqlite3-wasm'
import type { DrillRecord } from '../../../src/drill/record.ts'
import { ask } from '../../../src/drill/systems/mariadb/client.ts'
import { findPrograms, startMariadb } from '../../../src/drill/systems/mariadb/server.ts'
import { need } from '../../support/need.ts'
import { type RedisServer, startRedis } from '../../support/redis.ts'
import { drillBackup, keep } from './backups.ts'
import { ownTemp } from './untouched.ts'

let dir: string
let temp: { end(): Promise<void> }
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatekit-systems-'))
  await chmod(dir, 0o711)
  temp = await ownTemp(dir)
})
after(() => temp.end().finally(() => rm(dir, { recursive: true, force: true })))

const says = ({ exitCode, code, object }: DrillRecord): string => `${exitCode} ${code ?? 'PASS'} ${object ?? ''}`.trim()
const drill = async (backup: string, config: object = {}, redisUrl?: string) =>
  says(await drillBackup(dir, { backup, ...config }, { redisUrl }))

const shop = [
  'create database shop',
  'create table shop.cards (id int primary key, price decimal(10,2), cents int generated always as (price * 100) stored) engine=InnoDB',
  'insert into shop.cards (id, price) select seq, seq / 7 from shop.seq_1_to_400',
  'create table shop.artists (id int primary key) engine=InnoDB',
  'insert into shop.artists values (1)',
  'create procedure shop.restock() select 1',
  'create event shop.tidy on schedule every 1 day do delete from shop.cards where price < 0',
]

async function dumpShop(): Promise<string> {
  const programs = findPrograms(process.env)
  const scratchDir = join(dir, 'source')
  await mkdir(scratchDir, { mode: 0o711 })
  const { signal } = new AbortController()
  const { env } = process
  const server = await startMariadb(programs, { scratchDir, env, signal, leave: async () => {} })
  const { socket } = server
  try {
    for (const sql of shop)
      await ask(sql, { program: programs.client, socket, user: 'root', env, signal, timeoutMs: 30_000 })
    return execFileSync('mariadb-dump', ['--no-defaults', `--socket=${socket}`, '--user=root', 'shop']).toString()
  } finally {
    await server.stop()
  }
}

test(
  'MariaDB: a good dump passes; lost routines, and a cut that no program notices, are told',
  need('mariadb'),
  async () => {
    const dump = await dumpShop()
    const whole = await keep(dir, 'b.sql', Buffer.from(dump))
    assert.equal(await drill(whole, { tables: { cards: 400 } }), '0 PASS')
    assert.equal(await drill(whole, { objects: ['restock', 'tidy'] }), '1 OBJECTS_MISSING restock')
    const cut = dump.slice(0, dump.indexOf(';\n', dump.indexOf('INSERT INTO `artists`')) + 2)
    assert.equal(await drill(await keep(dir, 'b.sql', Buffer.from(cut))), '1 TRUNCATED b.sql')
  },
)

async function withRedis<T>(args: string[], work: (server: RedisServer) => Promise<T>): Promise<T> {
  const server = await startRedis({ password: 'canary', args })
  try {
    return await work(server)
  } finally {
    await server.stop()
  }
}

/** Keys of the database of the URL, counted without the drill. */
async function keysOf(url: string): Promise<number> {
  const client = createClient({ url })
  await client.connect()
  const keys = await client.dbSize()
  client.destroy()
  return keys
}

test(
  'Redis: a good snapshot passes though keys ran out since; a server that answers and holds nothing, or does not answer, is told',
  need('redis'),
  async () => {
    const data = await mkdtemp(join(dir, 'redis-'))
    await withRedis(['--dir', data], async ({ url }) => {
      const client = createClient({ url })
      await client.connect()
      for (let n = 1; n <= 40; n++) await client.set(`card:${n}`, n)
      await client.set('session:1', 'x', { PX: 1 })
      await client.sendCommand(['SAVE'])
      client.destroy()
    })
    const backup = await keep(dir, 'dump.rdb', await readFile(join(data, 'dump.rdb')))
    assert.equal(await drill(backup, { tables: { card: 40 } }), '0 PASS')

    const gone = await withRedis(['--dir', data, '--appendonly', 'yes'], async ({ url }) => {
      assert.equal(await keysOf(url), 0, 'the snapshot beside an append-only file is not read')
      assert.equal(await drill(backup, {}, url), '1 REDIS_EMPTY db0')
      const client = createClient({ url })
      await client.connect()
      await client.set('card:1', '1')
      client.destroy()
      assert.equal(await drill(backup, {}, url), '0 PASS')
      assert.equal(await drill(backup, {}, `${url}/5`), '1 REDIS_EMPTY db5')
      assert.equal(await drill(backup, {}, url.replace('canary', 'canary2')), '3 REDIS_UNREACHABLE redis')
      assert.equal(await keysOf(url), 1)
      return url
    })
    assert.equal(await drill(backup, {}, gone), '3 REDIS_UNREACHABLE redis')
  },
)

async function saved(sql: string): Promise<string> {
  const path = await keep(dir, 'shop.db', '')
  await rm(path)
  const database = new sqlite.Database(path)
  database.exec(sql)
  database.close()
  return path
}

test('SQLite: a good file passes; one without tables and orphans are told, a changed value by the checksum alone', async () => {
  const tables =
    'create table artists (id integer primary key, name text); create table cards (id integer primary key, artist_id integer references artists);'
  const rows = "insert into artists values (1, 'canary'); insert into cards values (1, 1);"
  const good = await saved(tables + rows)
  const summed = await keep(dir, 'shop.db', '')
  await copyFile(good, summed)
  const sha256 = createHash('sha256')
    .update(await readFile(good))
    .digest('hex')
  await writeFile(`${summed}.sha256`, `${sha256}  shop.db\n`)
  assert.equal(await drill(summed), '0 PASS')

  assert.equal(await drill(await keep(dir, 'shop.db', '')), '1 EMPTY shop.db')
  assert.equal(await drill(await saved('pragma user_version = 1')), '1 TABLE_MISSING tables')
  assert.equal(
    await drill(await saved(`pragma foreign_keys = off; ${tables} insert into cards values (1, 7)`)),
    '1 ORPHANS cards',
  )
  for (const path of [good, summed])
    await writeFile(path, (await readFile(path, 'latin1')).replace('canary', 'canasy'), 'latin1')
  assert.equal(await drill(good), '0 PASS')
  assert.equal(await drill(summed), '1 CHECKSUM_MISMATCH shop.db.sha256')
})
