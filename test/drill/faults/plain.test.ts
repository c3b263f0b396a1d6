import assert from 'node:assert/strict'
import { appendFileSync, readdirSync, statSync } from 'node:fs'
import { mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { need } from '../../support/need.ts'
import { startPooler } from '../identity/pooler.ts'
import { tiny } from '../proof/tiny.ts'
import { smallDump } from '../reading/small-dump.ts'
import { type Backups, drillBackup, keep, makeBackups } from './backups.ts'
import { faults } from './cases.ts'
import { canary, quiet, refused } from './payloads.ts'

let backups: Backups
before(async () => {
  if (need('postgres').skip === false) backups = await makeBackups()
})
after(() => backups?.stop())

const marks = () => readdirSync(dirname(canary)).filter((name) => name.startsWith(basename(canary)))

/** What the bytes tell. */
const ofBytes =
  /^(?:EMPTY|NOT_A_DUMP|ENCRYPTED_NO_KEY|TRUNCATED|GZIP_CRC|CORRUPT|NO_SCHEMA|WRONG_DATABASE|HOSTILE_DUMP)/

describe('the drill says no to', { concurrency: 2 }, () => {
  for (const [title, { make, name = 'backup.sql', config, says, also, tells }] of Object.entries(faults)) {
    test(title, need('postgres'), async () => {
      const content = make(backups.plain, backups)
      assert.ok(config || content !== backups.plain)
      const backup = await keep(backups.dir, name, content)

      const record = await drillBackup(backups.dir, { backup, ...config })

      const { exitCode, code, object, reason, findings, phases } = record
      assert.deepEqual([exitCode, code, object], says, JSON.stringify(findings))
      if (tells) assert.match(reason, tells)
      const isStarted = phases.some(({ name }) => name === 'provision')
      assert.ok(!isStarted || !ofBytes.test(code ?? ''), 'damage is found before any server starts')
      for (const each of also ?? [])
        assert.ok(
          findings.some((found) => `${found.exit} ${found.code} ${found.object}` === each),
          JSON.stringify(findings),
        )
    })
  }
})

const hiding = (sql: string) => smallDump.replace('COPY public', () => `CREATE SCHEMA evil;\n${sql}\nCOPY public`)

describe('whoever restores, no payload runs:', { concurrency: 2 }, () => {
  for (const [title, sql] of Object.entries(quiet))
    test(title, need('postgres'), async () => {
      const backup = await keep(backups.dir, 'b.sql', Buffer.from(hiding(sql)))
      const record = await drillBackup(backups.dir, { backup })
      assert.deepEqual([record.exitCode, record.code], [0, undefined], JSON.stringify(record.findings))
    })
  for (const [title, { sql, says }] of Object.entries(refused))
    test(title, need('postgres'), async () => {
      const backup = await keep(backups.dir, 'b.sql', Buffer.from(hiding(sql)))
      const { exitCode, code, object, findings } = await drillBackup(backups.dir, { backup })
      assert.deepEqual([exitCode, code, object], says, JSON.stringify(findings))
    })
  after(() => assert.deepEqual(marks(), []))
})

test(
  'the drill says no when there is nothing, something too old, unfinished, exchanged, or elsewhere',
  need('postgres'),
  async () => {
    const says = async (config: object, isGrowing = false) => {
      const { exitCode, code, object, phases } = await drillBackup(backups.dir, { ...config }, { isGrowing })
      if (!/STALE|CHECKSUM_MISSING/.test(code ?? ''))
        assert.ok(!phases.some(({ name }) => name === 'provision'), 'before any server starts')
      return `${exitCode} ${code} ${object}`
    }
    const folder = () => mkdtemp(join(backups.dir, 'dir-'))
    const empty = await folder()
    assert.equal(await says({ dir: empty }), `1 NO_BACKUP ${empty}`)
    const nowhere = join(backups.dir, 'nowhere')
    assert.equal(await says({ dir: nowhere }), `1 NO_BACKUP ${nowhere}`)

    const old = await keep(backups.dir, 'backup.sql', backups.plain)
    const days = new Date(Date.now() - 9 * 86_400_000)
    await utimes(old, days, days)
    assert.equal(await says({ backup: old, rpo: '24h' }), '1 STALE mtime')

    const unfinished = await folder()
    await writeFile(join(unfinished, 'backup.sql.part'), backups.plain)
    assert.equal(await says({ dir: unfinished }), '1 IN_PROGRESS backup.sql.part')
    const growing = await keep(backups.dir, 'growing.sql', backups.plain)
    const writer = setInterval(() => appendFileSync(growing, '-- more\n'), 1)
    assert.equal(await says({ backup: growing, stable: '100ms' }, true), '1 IN_PROGRESS growing.sql')
    clearInterval(writer)

    const summed = await keep(backups.dir, 'backup.sql', backups.plain)
    await writeFile(`${summed}.sha256`, `${'0'.repeat(64)}  backup.sql\n`)
    assert.equal(await says({ backup: summed }), '1 CHECKSUM_MISMATCH backup.sql.sha256')
    await writeFile(`${summed}.sha256`, `${'0'.repeat(64)}  another.sql\n`)
    assert.equal(await says({ backup: summed }), '1 CHECKSUM_MISMATCH backup.sql')
    const bare = await keep(backups.dir, 'backup.sql', backups.plain)
    assert.equal(await says({ backup: bare, checksum: 'required' }), '1 CHECKSUM_MISSING backup.sql')

    const linked = await folder()
    await symlink(bare, join(linked, 'latest.sql'))
    assert.equal(await says({ dir: linked }), '6 OUTSIDE_DIR latest.sql')
    const dangling = await folder()
    await symlink(join(dangling, 'gone.sql'), join(dangling, 'latest.sql'))
    assert.equal(await says({ dir: dangling }), '1 NO_BACKUP latest.sql')
  },
)

test('the drill says no to a folder of pg_dump that lacks a file', need('postgres'), async () => {
  const parent = await mkdtemp(join(backups.dir, 'dir-'))
  const folder = join(parent, 'shop.dir')
  backups.dump(['-Fd', '-f', folder])
  const bytes = (name: string) => statSync(join(folder, name)).size
  const files = (await readdir(folder)).filter((name) => name.endsWith('.dat.gz'))
  await rm(join(folder, files.sort((a, b) => bytes(b) - bytes(a))[0]!))
  const record = await drillBackup(backups.dir, { backup: folder })
  assert.deepEqual([record.exitCode, record.code, record.object], [1, 'MEMBER_MISSING', 'public.cards'])
})

test(
  'the drill refuses its own source, whatever it is called, and a target that nobody declared as scratch',
  need('postgres'),
  async () => {
    const source = backups.create('create table precious (n int); insert into precious values (1)')
    const scratch = backups.create('create table precious (n int)')
    backups.sql('postgres', `comment on database ${scratch} is 'gatekit:scratch'`)
    const backup = await keep(backups.dir, 'backup.sql', backups.plain)
    const url = backups.url(source)
    const { port } = new URL(url)
    const socket = backups.sql('postgres', 'show unix_socket_directories').trim()
    const says = async (world: { targetUrl: string; sourceUrl?: string }) => {
      const { exitCode, code, object } = await drillBackup(backups.dir, { backup, engine: 'given' }, world)
      return [exitCode, code, object]
    }
    const pooler = await startPooler(Number(port))
    const spellings = [
      url,
      url.replace(port, String(pooler.port)),
      url.replace('127.0.0.1', 'localhost'),
      `postgres://postgres@/${source}?host=${socket}&port=${port}`,
    ]
    for (const targetUrl of spellings)
      assert.deepEqual(await says({ targetUrl, sourceUrl: url }), [6, 'TARGET_IS_SOURCE', source], targetUrl)
    await pooler.stop()
    Object.assign(process.env, { PGHOST: '127.0.0.1', PGPORT: port })
    const unsaid = await says({ targetUrl: `postgres://postgres@/${source}`, sourceUrl: url })
    for (const name of ['PGHOST', 'PGPORT']) delete process.env[name]
    assert.deepEqual(unsaid, [6, 'TARGET_IS_SOURCE', source])
    assert.deepEqual(await says({ targetUrl: url }), [6, 'NOT_SCRATCH', source])
    assert.deepEqual(await says({ targetUrl: backups.url(scratch) }), [6, 'TARGET_NOT_EMPTY', scratch])
  },
)

test(
  'compared with the live source the drill names what a backup lost, and leaves the source as it was',
  need('postgres'),
  async () => {
    const source = backups.create(tiny)
    const plain = backups.dump([], source).toString('latin1')
    const orphaned = plain.replace(/ALTER TABLE ONLY public\.cards\s+ADD CONSTRAINT cards_artist_id_fkey.*;/, '')
    const sourceUrl = backups.url(source)
    const lost: Record<string, string> = {
      'INDEX_MISSING cards_artist': plain.replace(/^CREATE INDEX cards_artist .*$/m, ''),
      'FK_MISSING cards_artist_id_fkey': orphaned.replace('\n7\tartist 7\n', '\n'),
      'ROWS_DELTA public.cards': plain.replace(/^(COPY public\.cards .*\n)(?:.*\n){200}/m, '$1'),
    }
    const good = await drillBackup(backups.dir, { backup: await keep(backups.dir, 'b.sql', plain) }, { sourceUrl })
    assert.deepEqual([good.exitCode, good.evidence.source?.unchanged], [0, true], JSON.stringify(good.findings))
    for (const [says, text] of Object.entries(lost)) {
      assert.notEqual(text, plain)
      const record = await drillBackup(backups.dir, { backup: await keep(backups.dir, 'b.sql', text) }, { sourceUrl })
      assert.equal(`${record.code} ${record.object}`, says, JSON.stringify(record.findings))
      assert.deepEqual([record.exitCode, record.evidence.source?.unchanged], [1, true])
      const orphans = record.findings.filter(({ code }) => code === 'ORPHANS').map(({ object }) => object)
      assert.deepEqual(orphans, says.startsWith('FK_MISSING') ? ['public.cards'] : [])
    }
    backups.sql(source, "update pg_index set indisvalid = false where indexrelid = 'cards_artist'::regclass")
    const backup = await keep(backups.dir, 'b.sql', backups.dump([], source))
    const { exitCode, code, object } = await drillBackup(backups.dir, { backup }, { sourceUrl })
    assert.deepEqual([exitCode, code, object], [1, 'INDEX_INVALID', 'cards_artist'])
  },
)
