import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { createClient } from '@redis/client'
import { Encrypter } from 'age-encryption'
import fc from 'fast-check'
import sqlite from 'node-sqlite3-wasm'
import type { BackupReading, ReadOptions } from '../../../src/drill/reading/define.ts'
import { openStatements } from '../../../src/drill/reading/open-statements.ts'
import { readBackup } from '../../../src/drill/reading/read-backup.ts'
import { BrokenBackup } from '../../../src/drill/reading/source/broken.ts'
import { need } from '../../support/need.ts'
import { startPostgres } from '../../support/postgres.ts'
import { startRedis } from '../../support/redis.ts'
import { tiny } from '../proof/tiny.ts'
import { damaged, damages } from './damages.ts'
import { packed, passphrase } from './packed.ts'
import { smallDump } from './small-dump.ts'

let dir: string
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatekit-damage-'))
})
after(() => rm(dir, { recursive: true, force: true }))

const text = Buffer.from(smallDump)
const open: ReadOptions = {
  env: { ...process.env, PHRASE: passphrase },
  decrypt: { agePassphrase: { env: 'PHRASE' }, gpgPassphrase: { env: 'PHRASE' } },
}

async function read(bytes: Uint8Array): Promise<BackupReading> {
  const path = join(dir, 'backup')
  await writeFile(path, bytes)
  return readBackup(path, open)
}

const isBad = ({ findings }: BackupReading): boolean => findings.some(({ exit }) => exit !== 0)

/** All that a drill would compare with. */
const content = ({ engine, tables, objects, sequences, largeObjects, keys }: BackupReading): string =>
  JSON.stringify({
    engine,
    tables,
    objects,
    sequences,
    largeObjects,
    keys: keys?.map(({ expired: _, ...each }) => each),
  })

/** What happens to one file: where it ends, or which byte is another. */
const damage = fc.record({ place: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), bit: fc.nat(7) })

interface Kind {
  make(): Promise<Uint8Array> | Uint8Array
  needs?: Parameters<typeof need>
  /** Every bit of it is under a checksum: one that turned is found, or changes nothing of what is in it. */
  isSummed: boolean
  /** The end shows in the file: a cut one is found. */
  hasEnd: boolean
  runs: number
}

const kinds: Record<string, Kind> = {
  'a plain dump': { make: () => text, isSummed: false, hasEnd: true, runs: 60 },
  'gzip of several members': {
    make: () =>
      Buffer.concat([gzipSync(text.subarray(0, 700)), gzipSync(text.subarray(700, 701)), gzipSync(text.subarray(701))]),
    isSummed: true,
    hasEnd: true,
    runs: 40,
  },
  'zstd of several frames': { make: () => packed.zstd, isSummed: true, hasEnd: true, runs: 40 },
  lz4: { make: () => packed.lz4, isSummed: true, hasEnd: true, runs: 40 },
  age: {
    make: () => {
      const encrypter = new Encrypter()
      encrypter.setScryptWorkFactor(8)
      encrypter.setPassphrase(passphrase)
      return encrypter.encrypt(text)
    },
    isSummed: true,
    hasEnd: true,
    runs: 60,
  },
  gpg: { make: () => packed.gpg, needs: ['gpg'], isSummed: true, hasEnd: true, runs: 3 },
  'a file of SQLite': {
    async make() {
      const path = join(dir, 'made.db')
      const database = new sqlite.Database(path)
      database.exec('create table t (n integer primary key, v text); create index i on t (v)')
      for (let row = 0; row < 200; row++) database.run('insert into t values (?, ?)', [row, `value ${row}`])
      database.close()
      return readFile(path)
    },
    isSummed: false,
    hasEnd: true,
    runs: 20,
  },
  'a dump of MariaDB': {
    make: () =>
      Buffer.from(`-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB, for debian-linux-gnu (x86_64)
--
-- Host: localhost    Database: shop
-- ------------------------------------------------------
-- Server version\t10.11.6-MariaDB

/*!40101 SET NAMES utf8mb4 */;
CREATE TABLE \`cards\` (\n  \`id\` int(11) NOT NULL,\n  \`note\` text DEFAULT NULL\n) ENGINE=InnoDB;
INSERT INTO \`cards\` VALUES\n(1,'it''s; (x)'),\n(2,'a\\\\'),\n(3,NULL);
DELIMITER ;;\nCREATE TRIGGER t BEFORE INSERT ON cards FOR EACH ROW BEGIN SET @a = 1; SET @b = ';;'; END ;;\nDELIMITER ;
-- Dump completed on 2026-03-01 10:00:00
`),
    isSummed: false,
    hasEnd: true,
    runs: 60,
  },
  'archives of pg_dump': {
    needs: ['postgres'],
    isSummed: false,
    hasEnd: true,
    runs: 25,
    async make() {
      const server = await startPostgres()
      try {
        const run = (program: string, args: string[], input?: string) =>
          execFileSync(join(server.binDir, program), [...args, '-d', server.url], { input, stdio: 'pipe' })
        run('psql', ['-Xq'], tiny)
        archives.tar = run('pg_dump', ['-Ft'])
        run('pg_dump', ['-Fd', '-f', join(dir, 'packed')])
        run('pg_dump', ['-Fd', '-Z0', '-f', join(dir, 'unpacked')])
        return run('pg_dump', ['-Fc'])
      } finally {
        await server.stop()
      }
    },
  },
  'a tar of pg_dump': { needs: ['postgres'], make: () => archives.tar, isSummed: false, hasEnd: true, runs: 15 },
  'a snapshot of Redis': {
    needs: ['redis'],
    async make() {
      const server = await startRedis({ args: ['--dir', dir, '--appendonly', 'yes'] })
      const client = createClient({ url: server.url })
      await client.connect()
      await client.set('first', '1')
      // What is there becomes an RDB at the head of the log.
      await client.sendCommand(['BGREWRITEAOF'])
      const isWriting = async () => /aof_rewrite_(?:in_progress|scheduled):1/.test(await client.info('persistence'))
      while (await isWriting());
      for (const key of ['a', 'b', 'c']) await client.set(key, `value of ${key}`)
      await client.hSet('hash', { one: '1', two: 'x'.repeat(100) })
      await client.rPush('list', ['1', 'two'])
      await client.multi().incr('n').expire('a', 10_000).del('b').exec()
      await client.sendCommand(['SAVE'])
      client.destroy()
      await server.stop()
      await cp(join(dir, 'appendonlydir'), join(dir, 'log'), { recursive: true })
      return readFile(join(dir, 'dump.rdb'))
    },
    isSummed: true,
    hasEnd: true,
    runs: 40,
  },
}

const archives: { tar: Buffer } = { tar: Buffer.alloc(0) }

for (const [title, { make, needs = [], isSummed, hasEnd, runs }] of Object.entries(kinds)) {
  test(
    `${title}: cut anywhere, or with any bit turned, it never reads as whole with other content`,
    need(...needs),
    async () => {
      const whole = Buffer.from(await make())
      const good = await read(whole)
      assert.deepEqual(
        good.findings.filter(({ exit }) => exit !== 0),
        [],
      )
      const rows = (reading: BackupReading): number => reading.tables.reduce((sum, table) => sum + (table.rows ?? 0), 0)
      await fc.assert(
        fc.asyncProperty(damage, async ({ place, bit }) => {
          const at = Math.floor(place * whole.length)
          const cut = await read(whole.subarray(0, at))
          if (hasEnd && !isBad(cut)) assert.equal(content(cut), content(good), `cut at ${at} of ${whole.length}`)
          const turned = Buffer.from(whole)
          turned.writeUInt8((whole[at] ?? 0) ^ (1 << bit), at)
          const other = await read(turned)
          if (isSummed && !isBad(other)) assert.equal(content(other), content(good), `bit ${bit} of byte ${at}`)
          assert.ok(rows(other) >= 0)
        }),
        { numRuns: runs },
      )
    },
  )
}

interface Folder {
  needs: Parameters<typeof need>
  /** Under `dir`, where a kind above made it. */
  name: string
  /** Every bit of such a file is under a checksum. */
  summed: RegExp
  /** Such a file cannot end early unnoticed. */
  ended: RegExp
  runs: number
}

const folders: Record<string, Folder> = {
  'a folder of pg_dump': {
    needs: ['postgres'],
    name: 'packed',
    summed: /\.dat\.gz$/,
    ended: /^toc\.dat$|\.gz$/,
    runs: 40,
  },
  // Rows that are not packed have an end, and no checksum.
  'a folder of pg_dump without compression': {
    needs: ['postgres'],
    name: 'unpacked',
    summed: /^$/,
    ended: /^(?:toc|\d+)\.dat$/,
    runs: 20,
  },
  // A log of Redis may end behind any command: that is how it looks while it is written.
  'an append-only file of Redis': { needs: ['redis'], name: 'log', summed: /\.rdb$/, ended: /\.rdb$/, runs: 80 },
}

/** What a restore would read. Nothing but a word about the backup may come of it. */
async function restoreSteps(reading: BackupReading): Promise<void> {
  if (reading.engine !== 'postgres') return
  try {
    for await (const item of openStatements(reading, open))
      if (item.kind === 'copy' || item.kind === 'largeObject') for await (const _ of item.data);
  } catch (error) {
    if (!(error instanceof BrokenBackup)) throw error
  }
}

for (const [title, { needs, name, summed, ended, runs }] of Object.entries(folders)) {
  test(
    `${title}: a file cut, turned, doubled or shortened anywhere never reads as whole with other content`,
    need(...needs),
    async () => {
      const good = join(dir, name)
      const whole = await readBackup(good, open)
      assert.deepEqual(
        whole.findings.filter(({ exit }) => exit !== 0),
        [],
      )
      const files = (await readdir(good)).sort()
      const copy = join(dir, `${name}-damaged`)
      await cp(good, copy, { recursive: true })
      await fc.assert(
        fc.asyncProperty(damages, async ({ file, place, how }) => {
          const path = files[file % files.length] as string
          const bytes = await readFile(join(good, path))
          const bad = damaged(bytes, Math.floor(place * bytes.length), how)
          // What was packed twice, one behind the other, is whole for every program that unpacks it.
          const isTwice = bad.equals(Buffer.concat([bytes, bytes]))
          if (bad.equals(bytes) || isTwice) return
          await writeFile(join(copy, path), bad)
          const reading = await readBackup(copy, open)
          const isFound = isBad(reading)
          if (!isFound) await restoreSteps(reading)
          await writeFile(join(copy, path), bytes)
          const mustBeFound = summed.test(path) || (how === 'cut' && ended.test(path))
          if (mustBeFound && !isFound) assert.equal(content(reading), content(whole), path)
        }),
        { numRuns: runs, seed: 7 },
      )
    },
  )
}

test('control characters in rows make a dump no noise, and noise no dump', async () => {
  assert.equal(isBad(await read(Buffer.from(smallDump.replaceAll('card ', '\x01\x02\x07\x1f')))), false)
  const noise = Buffer.from(Array.from({ length: 20_000 }, (_, at) => ((at * 2654435761) >>> 13) & 255))
  assert.deepEqual(
    (await read(noise)).findings.map(({ code }) => code),
    ['NOT_A_DUMP'],
  )
})
