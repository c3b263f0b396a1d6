import assert from 'node:assert/strict'
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createClient } from '@redis/client'
import type { BackupReading, KeyReading } from '../../../src/drill/reading/define.ts'
import { readBackup } from '../../../src/drill/reading/read-backup.ts'
import { need } from '../../support/need.ts'
import { startRedis } from '../../support/redis.ts'
import { drillFile, ownFolder } from './drilled.ts'

let dir: string
let remove: () => Promise<void>
before(async () => {
  ;({ dir, remove } = await ownFolder())
  if (need('redis').skip === false) await make()
})
after(() => remove())

/** An RDB and a multi-part AOF of the same keys: 300 strings, a hash, a list, a stream, some with a time to live, in two databases. */
async function make(): Promise<void> {
  const data = join(dir, 'source')
  const { mkdir } = await import('node:fs/promises')
  await mkdir(data)
  const server = await startRedis({ args: ['--dir', data, '--appendonly', 'yes', '--aof-use-rdb-preamble', 'no'] })
  const client = createClient({ url: server.url })
  await client.connect()
  await Promise.all(Array.from({ length: 300 }, (_, n) => client.set(`card:${n}`, `value ${n}`)))
  await client.hSet('user:1', { name: 'Ada' })
  await client.rPush('queue', ['a', 'b'])
  await client.xAdd('events', '*', { a: '1' })
  await client.set('session:1', 'x', { EX: 3600 })
  await client.set('session:2', 'x', { PX: 1 })
  await client.select(3)
  await client.set('other', '1')
  await client.sendCommand(['SAVE'])
  client.destroy()
  await cp(join(data, 'dump.rdb'), join(dir, 'good.rdb'))
  await cp(join(data, 'appendonlydir'), join(dir, 'aof'), { recursive: true })
  await server.stop()
}

const keys: KeyReading[] = [
  { database: 0, keys: 305, types: {}, expiring: 2, expired: 0 },
  { database: 3, keys: 1, types: {}, expiring: 0, expired: 0 },
]
const rdb = (path: string, expectations?: unknown, reading: Partial<BackupReading> = { keys }) =>
  drillFile(path, { engine: 'redis', format: 'rdb', ...reading }, expectations)
const aof = (path: string) => drillFile(path, { engine: 'redis', format: 'aof', keys })

test('a good snapshot passes, with keys whose time ran out since', need('redis'), async () => {
  const { wrong, state } = await rdb(join(dir, 'good.rdb'), { tables: { card: 300, 'user:': 1, queue: 1 } })
  assert.deepEqual(wrong, [])
  assert.ok(state.evidence.rows >= 305)
  assert.deepEqual(
    state.evidence.tables.map(({ name }) => name),
    ['db0', 'db3'],
  )
})

test('a good append-only file passes: the folder, and the folder above it', need('redis'), async () => {
  assert.deepEqual((await aof(join(dir, 'aof'))).wrong, [])
  await cp(join(dir, 'aof'), join(dir, 'above', 'appendonlydir'), { recursive: true })
  assert.deepEqual((await aof(join(dir, 'above'))).wrong, [])
})

test('an append-only file of the old layout passes', need('redis'), async () => {
  const files = await readdir(join(dir, 'aof'))
  const log = files.find((name) => name.endsWith('.incr.aof'))!
  await cp(join(dir, 'aof', log), join(dir, 'appendonly.aof'))
  assert.deepEqual((await aof(join(dir, 'appendonly.aof'))).wrong, [])
})

test('an append-only file that was cut is found, though a server would load what is left', need('redis'), async () => {
  const cut = join(dir, 'cut')
  await cp(join(dir, 'aof'), cut, { recursive: true })
  const log = join(cut, (await readdir(cut)).find((name) => name.endsWith('.incr.aof'))!)
  const bytes = await readFile(log)
  await writeFile(log, bytes.subarray(0, Math.floor(bytes.length / 2)))
  assert.match((await aof(cut)).wrong.join(), /TRUNCATED/)
})

test('commands that Redis never writes into its log are refused, and none of them runs', need('redis'), async () => {
  const command = (...words: string[]) =>
    `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`
  const path = join(dir, 'hostile.aof')
  const script = "redis.call('MIGRATE', '127.0.0.1', '1', 'a', '0', '10', 'COPY')"
  for (const [says, ...words] of [
    ['HOSTILE_DUMP CONFIG', 'CONFIG', 'SET', 'dir', dir],
    ['HOSTILE_DUMP REPLICAOF', 'replicaof', '127.0.0.1', '1'],
    ['HOSTILE_DUMP MODULE', 'MODULE', 'LOAD', join(dir, 'x.so')],
    ['', 'EVAL', script, '0'],
  ] as const) {
    await writeFile(path, command('SELECT', '0') + command('SET', 'a', '1') + command(...words))
    const { findings } = await readBackup(path)
    assert.equal(findings.map(({ code, object }) => `${code} ${object}`).join(), says)
  }
  const { wrong } = await aof(path)
  assert.match(wrong.join(), /^(UNSUPPORTED|ENGINE_DIED|CORRUPT|CONTENT_MISMATCH)/)
})

test('a part of an append-only file that is missing is found', need('redis'), async () => {
  const part = join(dir, 'part')
  await cp(join(dir, 'aof'), part, { recursive: true })
  for (const name of await readdir(part)) if (name.endsWith('.incr.aof')) await rm(join(part, name))
  assert.equal((await aof(part)).wrong.length, 1)
})

test('a snapshot that was cut or changed is found', need('redis'), async () => {
  const bytes = await readFile(join(dir, 'good.rdb'))
  await writeFile(join(dir, 'cut.rdb'), bytes.subarray(0, bytes.length - 40))
  const flipped = Buffer.from(bytes)
  flipped[bytes.length >> 1]! ^= 0xff
  await writeFile(join(dir, 'flipped.rdb'), flipped)
  assert.match((await rdb(join(dir, 'cut.rdb'))).wrong.join(), /^(TRUNCATED|CORRUPT) redis$/)
  assert.match((await rdb(join(dir, 'flipped.rdb'))).wrong.join(), /^(TRUNCATED|CORRUPT|UNSUPPORTED) /)
})

test('a snapshot of a newer Redis cannot be judged here', need('redis'), async () => {
  const bytes = await readFile(join(dir, 'good.rdb'))
  bytes.write('REDIS0099', 'latin1')
  await writeFile(join(dir, 'newer.rdb'), bytes)
  const { state } = await rdb(join(dir, 'newer.rdb'))
  assert.deepEqual(
    state.findings.map(({ code, exit }) => [code, exit]),
    [['DUMP_NEWER', 3]],
  )
})

test(
  'an empty snapshot, fewer keys than in the file, and keys that are required are found',
  need('redis'),
  async () => {
    const server = await startRedis({ args: ['--dir', dir, '--dbfilename', 'empty.rdb'] })
    const client = createClient({ url: server.url })
    await client.connect()
    await client.sendCommand(['SAVE'])
    client.destroy()
    await cp(join(dir, 'empty.rdb'), join(dir, 'none.rdb')).catch(() => {})
    assert.deepEqual((await rdb(join(dir, 'empty.rdb'), {}, { keys: [] })).wrong, ['REDIS_EMPTY keys'])
    await server.stop()
    const more = keys.map((each) => ({ ...each, keys: each.keys + 5 }))
    assert.deepEqual((await rdb(join(dir, 'good.rdb'), {}, { keys: more })).wrong, [
      'CONTENT_MISMATCH db0',
      'CONTENT_MISMATCH db3',
    ])
    const wanted = { tables: { card: 301, cart: 1 } }
    assert.deepEqual((await rdb(join(dir, 'good.rdb'), wanted)).wrong, ['ROWS_BELOW_MIN card', 'TABLE_MISSING cart'])
  },
)

test(
  'a given Redis is asked and never written to: full, empty, another database, another password, gone',
  need('redis'),
  async () => {
    const { askRedis } = await import('../../../src/drill/systems/redis/reachable.ts')
    const { signal } = new AbortController()
    const server = await startRedis({ password: 'secret-password' })
    const codes = async (url: string) =>
      (await askRedis(url, signal)).findings.map(({ code, exit }) => `${exit} ${code}`).join()
    assert.equal(await codes(server.url), '1 REDIS_EMPTY')
    const client = createClient({ url: server.url })
    await client.connect()
    await client.set('session:1', 'x')
    assert.equal(await codes(server.url), '')
    assert.equal(await codes(`${server.url}/5`), '1 REDIS_EMPTY')
    const wrong = await askRedis(server.url.replace('secret-password', 'other-password'), signal)
    assert.deepEqual(
      wrong.findings.map(({ code, exit }) => `${exit} ${code}`),
      ['3 REDIS_UNREACHABLE'],
    )
    assert.doesNotMatch(JSON.stringify(wrong), /password/)
    assert.deepEqual(await client.keys('*'), ['session:1'])
    assert.match(await client.info('commandstats'), /cmdstat_set:calls=1,/)
    client.destroy()
    await server.stop()
    assert.equal(await codes(server.url), '3 REDIS_UNREACHABLE')
  },
)
