import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { performBackup } from '../../../src/drill/manifest/backup.ts'
import { readManifest } from '../../../src/drill/manifest/manifest.ts'
import { withoutPassword } from '../../../src/drill/manifest/pg-dump.ts'
import { sourceBaseline } from '../../../src/drill/manifest/source-baseline.ts'
import { createManualClock } from '../../../src/kernel/clock.ts'
import { need } from '../../support/need.ts'
import { openWorkshop, type Wanted, type Workshop } from '../proof/restored.ts'
import { tiny } from '../proof/tiny.ts'

let workshop: Workshop
let dir: string
before(async () => {
  if (need('postgres').skip !== false) return
  workshop = await openWorkshop()
  workshop.sql('postgres', "create role reader; create role saver superuser login password 'p:w\\d'")
  dir = await mkdtemp(join(tmpdir(), 'gatekit-backups-'))
})
after(async () => {
  await workshop?.stop()
  if (dir) await rm(dir, { recursive: true, force: true })
})

const signal = new AbortController().signal
const urlOf = (database: string) => {
  const url = new URL(workshop.server.url)
  url.username = 'saver'
  url.password = 'p%3Aw%5Cd'
  url.pathname = `/${database}`
  return url.toString()
}

function source(sql = ''): string {
  const database = workshop.createDatabase()
  workshop.sql(database, `${tiny};\n${sql}`)
  return database
}

const save = (database: string, folder = dir, hash = true) =>
  performBackup({
    url: urlOf(database),
    dir: folder,
    format: 'plain',
    hash,
    tool: 'gatekit test',
    env: process.env,
    clock: createManualClock(),
    signal,
  })

test('a backup has its checksum and its manifest, and nobody else can read them', need('postgres'), async () => {
  const database = source()
  const result = await save(database)

  const bytes = await readFile(result.path)
  assert.equal(createHash('sha256').update(bytes).digest('hex'), result.sha256)
  assert.equal(await readFile(result.sidecar, 'utf8'), `${result.sha256}  ${database}_20260101T000000Z.sql\n`)
  assert.equal((await stat(result.path)).mode & 0o777, 0o600)
  assert.deepEqual([result.tables, result.rows], [4, 770])
  const found = await readManifest(result.path, result.sha256)
  assert.equal(found?.baseline?.tables.find(({ name }) => name === 'cards')?.rows, 500)
  assert.doesNotMatch(await readFile(result.manifest, 'utf8'), /example\.org|artist 1|p:w/)
  assert.deepEqual(
    (await readdir(dir)).filter((name) => name.endsWith('.part')),
    [],
  )
})

test('the password is in no argument of pg_dump', () => {
  assert.equal(
    withoutPassword('postgres://a:s3cret@h:1/d?sslmode=require&password=x'),
    'postgres://a@h:1/d?sslmode=require',
  )
})

test('a manifest of another file is a finding, one that cannot be read stops the drill', need('postgres'), async () => {
  const result = await save(source())
  const other = await readManifest(result.path, '0'.repeat(64))
  assert.deepEqual(
    other?.findings.map(({ code, exit }) => [code, exit]),
    [['CHECKSUM_MISMATCH', 1]],
  )
  await writeFile(result.manifest, '{"schema":"backup-manifest/1"}')
  await assert.rejects(
    readManifest(result.path, result.sha256),
    (error: Error & { finding?: { code: string } }) => error.finding?.code === 'MANIFEST_INVALID',
  )
  await rm(result.manifest)
  assert.equal(await readManifest(result.path, result.sha256), undefined)
})

test('a server that is not there leaves no half file', need('postgres'), async () => {
  const empty = await mkdtemp(join(tmpdir(), 'gatekit-backups-'))
  await assert.rejects(save('no_such_database', empty))
  assert.deepEqual(await readdir(empty), [])
  await rm(empty, { recursive: true })
})

interface Loss {
  edit?(dump: string): string
  wanted?: Wanted
  /** Where the difference is in the rest of the schema as well. */
  also?: string[]
  says: string[]
}

const losses: Record<string, Loss> = {
  nothing: { says: [] },
  'rows of a table': {
    edit: (dump) =>
      dump
        .replace(/^(COPY public\.users .*\n)(?:.*\n){10}/m, '$1')
        .replace(/FOREIGN KEY \(user_id\).*?;/s, 'CHECK (true);'),
    says: ['SCHEMA_DELTA purchases_user_id_fkey', 'ROWS_DELTA public.users'],
  },
  'a row that is there twice': {
    edit: (dump) =>
      dump
        .replace(/^(COPY public\.cards .*\n)(.*\n)/m, '$1$2$2')
        .replace(/ALTER TABLE ONLY public\.cards\s+ADD CONSTRAINT cards_pkey.*;/, ''),
    says: ['CONSTRAINT_MISSING cards_pkey', 'ROWS_DELTA public.cards'],
  },
  'a value': { edit: (dump) => dump.replace('user7@', 'user8@'), says: ['CONTENT_MISMATCH public.users'] },
  'a foreign key': {
    edit: (dump) => dump.replace(/ALTER TABLE ONLY public\.cards\s+ADD CONSTRAINT cards_artist_id_fkey.*;/, ''),
    says: ['FK_MISSING cards_artist_id_fkey'],
  },
  'an index': {
    edit: (dump) => dump.replace(/^CREATE INDEX cards_artist .*$/m, ''),
    says: ['INDEX_MISSING cards_artist'],
  },
  'a trigger': { edit: (dump) => dump.replace(/^CREATE TRIGGER .*$/m, ''), says: ['TRIGGER_MISSING cards_touch'] },
  'the working of a trigger': {
    wanted: { then: 'alter table cards disable trigger cards_touch' },
    says: ['TRIGGER_DISABLED cards_touch'],
  },
  'a view': {
    edit: (dump) =>
      dump.replace(/^CREATE VIEW public\.paid AS[\s\S]*?;\n/m, '').replace(/^ALTER TABLE public\.paid .*$/m, ''),
    says: ['OBJECTS_MISSING public.paid'],
  },
  'a function': {
    edit: (dump) =>
      dump
        .replace(/^CREATE TRIGGER .*$/m, '')
        .replace(/^CREATE FUNCTION public\.touch[\s\S]*?\$\$;$/m, '')
        .replace(/^ALTER FUNCTION public\.touch.*$/m, ''),
    says: ['TRIGGER_MISSING cards_touch', 'OBJECTS_MISSING public.touch'],
  },
  'a setval': {
    edit: (dump) => dump.replace(/^SELECT pg_catalog\.setval\('public\.cards_id_seq'.*$/m, ''),
    says: ['SEQUENCE_BEHIND public.cards', 'SEQUENCE_BEHIND public.cards_id_seq'],
  },
  'the filling of a materialised view': {
    edit: (dump) => dump.replace(/^REFRESH .*$/m, ''),
    says: ['MATVIEW_UNPOPULATED public.totals', 'MATVIEW_UNPOPULATED public.totals'],
  },
  'a NOT NULL and a default': {
    edit: (dump) =>
      dump.replace('email text NOT NULL', 'email text').replace("DEFAULT 'new'::public.status NOT NULL", 'NOT NULL'),
    says: ['SCHEMA_DELTA public.purchases.status', 'SCHEMA_DELTA public.users.email'],
  },
  'what the declared rows may lose': {
    edit: (dump) => dump.replace(/^CREATE INDEX cards_artist .*$/m, ''),
    wanted: { expectations: { known: ['cards_artist'] } },
    says: [],
  },
}

for (const [title, { edit, wanted, says }] of Object.entries(losses)) {
  test(`against the manifest, lost: ${title}`, need('postgres'), async () => {
    const result = await save(source())
    const manifest = await readManifest(result.path, result.sha256)
    const dump = (await readFile(result.path, 'utf8')) as string
    const edited = edit ? edit(dump) : dump
    if (edit) assert.notEqual(edited, dump)

    const { wrong } = await workshop.restore(Buffer.from(edited), { ...wanted, baselines: [manifest!.baseline!] })

    assert.deepEqual(wrong, says)
    await rm(result.path)
    await rm(result.manifest)
  })
}

test(
  'against the manifest, an encoding that lies is seen although no letter of the file changed',
  need('postgres'),
  async () => {
    const database = workshop.createDatabase()
    workshop.sql(database, "create table t (v text); insert into t values ('żółć and caf\\u00e9'), ('Zürich'), ('x')")
    const result = await save(database)
    const manifest = await readManifest(result.path, result.sha256)
    const dump = (await readFile(result.path))
      .toString('latin1')
      .replace("client_encoding = 'UTF8'", "client_encoding = 'LATIN1'")

    const { wrong } = await workshop.restore(Buffer.from(dump, 'latin1'), { baselines: [manifest!.baseline!] })

    assert.ok(wrong.includes('CONTENT_MISMATCH public.t') || wrong.includes('ENCODING public.t'), String(wrong))
  },
)

test(
  'against the live source, what it has gained since is no loss, and what the backup lost is',
  need('postgres'),
  async () => {
    const database = source('grant select, insert on cards to reader')
    const dump = execFileSync(join(workshop.server.binDir, 'pg_dump'), ['-d', urlOf(database)]).toString()
    workshop.sql(database, "insert into cards (artist_id, data) select 1, '{}' from generate_series(1, 20)")
    const live = await sourceBaseline(urlOf(database), { statementTimeoutMs: 60_000, signal })

    const good = await workshop.restore(Buffer.from(dump), { baselines: [live] })
    const half = dump.replace(/^(COPY public\.cards .*\n)(?:.*\n){200}/m, '$1').replace(/^GRANT .*$/gm, '')
    const bad = await workshop.restore(Buffer.from(half), { baselines: [live] })

    assert.deepEqual(good.wrong, [])
    assert.deepEqual(bad.wrong, ['PRIVILEGES_MISSING reader', 'ROWS_DELTA public.cards'])
  },
)

test('what PostgreSQL writes in another way after a restore is no loss', need('postgres'), async () => {
  const database = workshop.createDatabase()
  workshop.sql(
    database,
    `create table t (id serial primary key, status varchar(10) default 'new'::varchar check (status in ('new', 'paid')), n numeric default -1);
    create view v as select * from t where status in ('new', 'x') and n between 1 and 2; insert into t default values;
    create index i on t (lower(status)) where status in ('new', 'paid'); create materialized view m as select * from v;
    create function f() returns trigger language plpgsql as 'begin return new; end';
    create trigger g before update on t for each row when (new.status in ('new', 'paid')) execute function f();`,
  )
  const dump = execFileSync(join(workshop.server.binDir, 'pg_dump'), ['-d', urlOf(database)])
  const live = await sourceBaseline(urlOf(database), { statementTimeoutMs: 60_000, signal })

  const { wrong, remarks } = await workshop.restore(dump, { baselines: [live] })

  assert.deepEqual(wrong, [])
  assert.ok(remarks.length > 0, 'if nothing differs any more, the texts may count again')
})

test('against an earlier drill, losses are remarks unless somebody wants them to count', need('postgres'), async () => {
  const dump = workshop.dump(tiny)
  const { proven } = await workshop.restore(dump)
  const tables = proven.tables.map(({ name, rows }) => ({ schema: 'public', name: name.replace('public.', ''), rows }))
  const baseline = { kind: 'previous', label: 'the drill of yesterday', inventory: proven.inventory, tables } as const
  const half = dump
    .toString('latin1')
    .replace(/^(COPY public\.cards .*\n)(?:.*\n){200}/m, '$1')
    .replace(/^CREATE INDEX cards_artist .*$/m, '')

  const lenient = await workshop.restore(Buffer.from(half, 'latin1'), { baselines: [{ ...baseline, binding: false }] })
  const strict = await workshop.restore(Buffer.from(half, 'latin1'), { baselines: [{ ...baseline, binding: true }] })

  assert.deepEqual([lenient.wrong, lenient.remarks], [[], ['INDEX_MISSING cards_artist', 'ROWS_DELTA public.cards']])
  assert.deepEqual(strict.wrong, ['INDEX_MISSING cards_artist', 'ROWS_DELTA public.cards'])
})
