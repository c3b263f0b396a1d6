import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { need } from '../../support/need.ts'
import { tiny } from '../proof/tiny.ts'
import { type Backups, drillBackup, flip, gzip, keep, makeBackups } from './backups.ts'

let backups: Backups
before(async () => {
  if (need('postgres').skip === false) backups = await makeBackups()
})
after(() => backups?.stop())

type Content = string | Buffer

interface Case {
  /** The file; `plain` is a good dump. */
  make(plain: string, backups: Backups): Content
  name?: string
  config?: object
  says: [exit: number, code: string, object?: RegExp]
}

const canary = '/tmp/gatekit-faults-canary'

const faults: Record<string, Case> = {
  '0 bytes': { make: () => '', says: [1, 'EMPTY'] },
  'gzip of nothing': { make: () => gzip(''), name: 'b.sql.gz', says: [1, 'EMPTY'] },
  'an error page': {
    make: () => '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>',
    says: [1, 'NOT_A_DUMP'],
  },
  'random bytes': {
    make: () => Buffer.from(Array.from({ length: 20_000 }, (_, n) => (n * 7919 + (n >> 3) * 31) & 255)),
    says: [1, 'NOT_A_DUMP'],
  },
  'encrypted by openssl': { make: () => `Salted__${'x'.repeat(100)}`, says: [3, 'ENCRYPTED_NO_KEY'] },
  'a cut in COPY at the end of a line': {
    make: (text) => text.slice(0, text.indexOf('\n', text.indexOf('COPY public.cards') + 3000) + 1),
    says: [1, 'TRUNCATED', /cards/],
  },
  'a cut in the middle of a line': {
    make: (text) => text.slice(0, text.indexOf('COPY public.cards') + 3010),
    says: [1, 'TRUNCATED', /cards/],
  },
  'a cut before the indexes': {
    make: (text) => text.slice(0, text.indexOf('\n--\n-- Name: artists artists_name_key')),
    says: [1, 'TRUNCATED'],
  },
  'a cut of the last 20 bytes': { make: (text) => text.trimEnd().slice(0, -60), says: [1, 'TRUNCATED'] },
  'a locale that this server has not got': {
    make: (_, { dump }) =>
      dump(['-C'])
        .toString('latin1')
        .replace(/(LOCALE|LC_COLLATE|LC_CTYPE) = '[^']*'/g, "$1 = 'xx_XX.UTF-8'"),
    says: [3, 'LOCALE_UNAVAILABLE', /xx_XX/],
  },
  'a gzip that was cut': {
    make: (text) => gzip(text).subarray(0, 9000),
    name: 'b.sql.gz',
    says: [1, 'TRUNCATED_GZIP'],
  },
  'a gzip with a wrong CRC': { make: (text) => flip(gzip(text), -6), name: 'b.sql.gz', says: [1, 'GZIP_CRC'] },
  'an archive that was cut': {
    make: (_, { dump }) => {
      const bytes = dump(['-Fc'])
      return bytes.subarray(0, Math.floor(bytes.length * 0.6))
    },
    says: [1, 'TRUNCATED'],
  },
  'an archive with a changed bit': {
    make: (_, { dump }) => {
      const bytes = dump(['-Fc'])
      return flip(bytes, bytes.indexOf(Buffer.from('789c', 'hex')) + 400)
    },
    says: [1, 'CORRUPT'],
  },
  'an archive of an unknown version': {
    make: (_, { dump }) => {
      const bytes = Buffer.from(dump(['-Fc']))
      bytes[6] = 0x30
      return bytes
    },
    says: [3, 'DUMP_NEWER'],
  },
  'the schema only': { make: (_, { dump }) => dump(['-s']), says: [1, 'ROWS_BELOW_MIN'] },
  'the data only': { make: (_, { dump }) => dump(['-a']), says: [1, 'NO_SCHEMA'] },
  'a required table that is missing': {
    make: (_, { dump }) => dump(['-T', 'cards', '-T', 'totals']),
    config: { tables: { cards: 1 } },
    says: [1, 'TABLE_MISSING', /cards/],
  },
  'some tables only': {
    make: (_, { dump }) => dump(['-t', 'artists', '-t', 'purchases', '-t', 'cards', '-t', 'users']),
    says: [1, 'OBJECTS_MISSING', /status|gin_trgm_ops|touch|pg_trgm/],
  },
  'a row that is there twice': {
    make: (text) => text.replace(/^(COPY public\.cards .*\n)(.*\n)/m, '$1$2$2'),
    says: [1, 'CONSTRAINT_FAILED', /cards_pkey/],
  },
  'a foreign key that is not valid, and orphans': {
    make: (_, { dump, create }) =>
      dump(
        [],
        create(
          'create table a (id int primary key); create table b (a_id int); insert into a values (1); insert into b values (1), (7); alter table b add constraint b_a foreign key (a_id) references a not valid',
        ),
      ),
    says: [1, 'NOT_VALID', /b_a/],
  },
  'soft orphans': {
    make: (_, { dump, create }) =>
      dump(
        [],
        create(
          'create table a (id int primary key); create table b (a_id int); insert into a values (1); insert into b values (1), (7)',
        ),
      ),
    config: { softKeys: { 'b.a_id': 'a.id' } },
    says: [1, 'ORPHANS', /b/],
  },
  'a setval that is lost': {
    make: (text) => text.replace(/^SELECT pg_catalog\.setval\('public\.cards_id_seq'.*$/m, ''),
    says: [1, 'SEQUENCE_BEHIND', /cards/],
  },
  'large objects left out': { make: (_, { dump }) => dump(['-B']), says: [1, 'LO_MISSING'] },
  'Latin-1 over UTF-8': {
    make: (_, { dump, create }) =>
      dump([], create("create table t (v text); insert into t values ('zażółć'), ('gęślą'), ('jaźń'), ('Łódź')"))
        .toString('latin1')
        .replace("client_encoding = 'UTF8'", "client_encoding = 'LATIN1'"),
    says: [1, 'ENCODING'],
  },
  'bytes that are no UTF-8': { make: (text) => text.replace('user7@', 'us\xe9r7@'), says: [1, 'ENCODING'] },
  'an extension that is not there': {
    make: (text) => text.replace(/pg_trgm/g, 'no_such_extension'),
    says: [3, 'EXTENSION_UNAVAILABLE', /no_such_extension/],
  },
  'a setting of a newer server': {
    make: (text) =>
      text
        .replace('SET lock_timeout = 0;', 'SET lock_timeout = 0;\nSET no_such_timeout = 0;')
        .replace(/version 15\.\d+/g, 'version 19.1'),
    says: [3, 'DUMP_NEWER'],
  },
  'a function in an index that finds its helper by luck': {
    make: (_, { dump, create }) =>
      dump(
        [],
        create(
          "create function trimmer(text) returns text language sql immutable as 'select trim($1)'; create function norm(text) returns text language plpgsql immutable as 'begin return trimmer($1); end'; create table users (email text); insert into users values ('a'); create index u on users (norm(email))",
        ),
      ),
    says: [1, 'RESTORE_ERROR', /./],
  },
  'a command of psql': {
    make: (text) =>
      text.replace('SET lock_timeout', `\\! touch ${canary}\nSET lock_timeout`).replace(/^\\(un)?restrict.*$/gm, ''),
    says: [6, 'HOSTILE_DUMP'],
  },
  'COPY from a program': {
    make: (text) => text.replace('SET lock_timeout', `COPY public.x FROM PROGRAM 'touch ${canary}';\nSET lock_timeout`),
    says: [6, 'HOSTILE_DUMP'],
  },
  'a program inside a block': {
    make: (text) =>
      text.replace(
        'CREATE TABLE',
        `DO $x$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''touch ${canary}'''; END $x$;\nCREATE TABLE`,
      ),
    says: [6, 'HOSTILE_DUMP'],
  },
  'a backup of another database': {
    make: (_, { dump }) => dump(['-Fc']),
    config: { database: 'prod' },
    says: [1, 'WRONG_DATABASE'],
  },
  'an assertion that does not hold': {
    make: (text) => text,
    config: { assertions: [{ name: 'many', sql: 'select count(*) from cards', atLeast: 9999 }] },
    says: [1, 'ASSERTION_FAILED', /many/],
  },
  'a restore that takes too long': { make: (text) => text, config: { rto: '1ms' }, says: [1, 'RTO_EXCEEDED'] },
  'rows that are too old': {
    make: (text) => text,
    config: { rpo: '1d', watermark: ['purchases.created_at'] },
    says: [1, 'RPO_EXCEEDED'],
  },
}

for (const [title, { make, name = 'backup.sql', config, says }] of Object.entries(faults)) {
  test(`the drill says no to ${title}`, need('postgres'), async () => {
    await rm(canary, { force: true })
    const content = make(backups.plain, backups)
    assert.ok(
      typeof content !== 'string' || title.startsWith('an assertion') || /too/.test(title) || content !== backups.plain,
    )
    const backup = await keep(backups.dir, name, content)

    const record = await drillBackup(backups.dir, { backup, ...config })

    const [exit, code, object] = says
    assert.deepEqual([record.exitCode, record.code], [exit, code], JSON.stringify(record.findings))
    if (object) assert.match(record.object ?? '', object)
    assert.equal(existsSync(canary), false)
    assert.doesNotMatch(JSON.stringify(record), /user\d+@example/)
  })
}

test(
  'the drill says no when there is nothing, something too old, unfinished, exchanged, or elsewhere',
  need('postgres'),
  async () => {
    const code = async (config: object) => {
      const record = await drillBackup(backups.dir, config)
      return `${record.exitCode} ${record.code}`
    }
    const folder = () => mkdtemp(join(backups.dir, 'dir-'))
    assert.equal(await code({ dir: await folder() }), '1 NO_BACKUP')
    assert.equal(await code({ dir: join(backups.dir, 'nowhere') }), '1 NO_BACKUP')

    const old = await keep(backups.dir, 'backup.sql', backups.plain)
    const days = new Date(Date.now() - 9 * 86_400_000)
    await utimes(old, days, days)
    assert.equal(await code({ backup: old, rpo: '24h' }), '1 STALE')

    const unfinished = await folder()
    await writeFile(join(unfinished, 'backup.sql.part'), backups.plain)
    assert.match(await code({ dir: unfinished }), /^1 (IN_PROGRESS|NO_BACKUP)$/)

    const summed = await keep(backups.dir, 'backup.sql', backups.plain)
    await writeFile(`${summed}.sha256`, `${'0'.repeat(64)}  backup.sql\n`)
    assert.equal(await code({ backup: summed }), '1 CHECKSUM_MISMATCH')
    const bare = await keep(backups.dir, 'backup.sql', backups.plain)
    assert.equal(await code({ backup: bare, checksum: 'required' }), '1 CHECKSUM_MISSING')

    const linked = await folder()
    await symlink(bare, join(linked, 'latest.sql'))
    assert.equal(await code({ dir: linked }), '6 OUTSIDE_DIR')
    const dangling = await folder()
    await symlink(join(dangling, 'gone.sql'), join(dangling, 'latest.sql'))
    assert.equal(await code({ dir: dangling }), '1 NO_BACKUP')
  },
)

test('the drill says no to a folder of pg_dump that lacks a file', need('postgres'), async () => {
  const parent = await mkdtemp(join(backups.dir, 'dir-'))
  const folder = join(parent, 'shop.dir')
  backups.dump(['-Fd', '-f', folder])
  const files = (await readdir(folder)).filter((name) => name.endsWith('.dat.gz')).sort()
  await rm(join(folder, files[0]!))
  const record = await drillBackup(backups.dir, { backup: folder })
  assert.deepEqual([record.exitCode, record.code], [1, 'MEMBER_MISSING'])
})

test(
  'the drill refuses its own source, whatever it is called, and a target that nobody declared as scratch',
  need('postgres'),
  async () => {
    const source = backups.create('create table precious (n int); insert into precious values (1)')
    const backup = await keep(backups.dir, 'backup.sql', backups.plain)
    const url = backups.url(source)
    for (const targetUrl of [url, url.replace('127.0.0.1', 'localhost')]) {
      const record = await drillBackup(backups.dir, { backup, engine: 'given' }, { targetUrl, sourceUrl: url })
      assert.deepEqual([record.exitCode, record.code], [6, 'TARGET_IS_SOURCE'])
    }
    const record = await drillBackup(backups.dir, { backup, engine: 'given' }, { targetUrl: url })
    assert.deepEqual([record.exitCode, record.code], [6, 'NOT_SCRATCH'])
    assert.equal(backups.sql(source, 'select count(*) from precious'), '1\n')
    await mkdir(join(backups.dir, 'x'), { recursive: true })
  },
)

test(
  'compared with the live source the drill names what a backup lost, and leaves the source as it was',
  need('postgres'),
  async () => {
    const source = backups.create(tiny)
    const plain = backups.dump([], source).toString('latin1')
    const sourceUrl = backups.url(source)
    const lost: Record<string, string> = {
      'INDEX_MISSING cards_artist': plain.replace(/^CREATE INDEX cards_artist .*$/m, ''),
      'FK_MISSING cards_artist_id_fkey': plain.replace(
        /ALTER TABLE ONLY public\.cards\s+ADD CONSTRAINT cards_artist_id_fkey.*;/,
        '',
      ),
      'ROWS_DELTA public.cards': plain.replace(/^(COPY public\.cards .*\n)(?:.*\n){200}/m, '$1'),
    }
    const good = await drillBackup(backups.dir, { backup: await keep(backups.dir, 'b.sql', plain) }, { sourceUrl })
    assert.deepEqual([good.exitCode, good.evidence.source?.unchanged], [0, true], JSON.stringify(good.findings))
    for (const [says, text] of Object.entries(lost)) {
      assert.notEqual(text, plain)
      const record = await drillBackup(backups.dir, { backup: await keep(backups.dir, 'b.sql', text) }, { sourceUrl })
      assert.equal(`${record.code} ${record.object}`, says, JSON.stringify(record.findings))
      assert.deepEqual([record.exitCode, record.evidence.source?.unchanged], [1, true])
    }
  },
)
