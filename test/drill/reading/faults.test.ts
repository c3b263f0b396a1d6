import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { BackupReading } from '../../../src/drill/reading/define.ts'
import { openStatements } from '../../../src/drill/reading/open-statements.ts'
import { readBackup } from '../../../src/drill/reading/read-backup.ts'
import { need } from '../../support/need.ts'
import { type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { oddSchema } from './odd-schema.ts'

let server: PostgresServer
let dir: string
const here = need('postgres')
const file = (name: string): string => join(dir, name)
const run = (program: string, ...args: string[]): string =>
  execFileSync(join(server.binDir, program), args, { encoding: 'utf8', stdio: 'pipe', maxBuffer: 2 ** 28 })
const databaseUrl = (name: string): string => server.url.replace(/postgres$/, name)

before(async () => {
  if (here.skip) return
  server = await startPostgres()
  dir = await mkdtemp(join(tmpdir(), 'gatekit-reading-'))
  run('psql', '-qc', 'CREATE DATABASE shop', server.url)
  await writeFile(file('schema.sql.in'), oddSchema)
  run('psql', '-qv', 'ON_ERROR_STOP=1', '-f', file('schema.sql.in'), databaseUrl('shop'))
  for (const [name, ...args] of [
    ['good.sql'],
    ['create.sql', '-C'],
    ['clean.sql', '-c'],
    ['inserts.sql', '--inserts'],
    ['columns.sql', '--column-inserts', '--rows-per-insert=50'],
    ['root.sql', '--load-via-partition-root'],
    ['latin.sql', '-E', 'LATIN1', '-T', 'artists'],
    ['good.dump', '-Fc'],
    ['plain.dump', '-Fc', '-Z0'],
    ['inserts.dump', '-Fc', '--inserts'],
    ['good.tar', '-Ft'],
    ['good.dir', '-Fd'],
  ] as [string, ...string[]][])
    run('pg_dump', ...args, '-f', file(name), databaseUrl('shop'))
  await writeFile(
    file('pipe.dump'),
    execFileSync(join(server.binDir, 'pg_dump'), ['-Fc', databaseUrl('shop')], { maxBuffer: 2 ** 28 }),
  )
  await writeFile(file('good.sql.gz'), gzipSync(await readFile(file('good.sql'))))
  const half = (await readFile(file('good.sql'))).subarray(0, 5000)
  await writeFile(
    file('members.sql.gz'),
    Buffer.concat([gzipSync(half), gzipSync((await readFile(file('good.sql'))).subarray(5000))]),
  )
  await writeFile(file('good.dump.gz'), gzipSync(await readFile(file('good.dump'))))
  execFileSync('tar', ['cf', file('folder.tar'), '-C', dir, 'good.dir'])
  await writeFile(file('all.sql'), run('pg_dumpall', '-d', server.url))
})

after(async () => {
  await server?.stop()
  if (dir) await rm(dir, { recursive: true, force: true })
})

const codes = ({ findings }: BackupReading): string[] =>
  findings.filter(({ exit }) => exit !== 0).map(({ code, object }) => (object ? `${code} ${object}` : code))

const whole = [
  'good.sql',
  'create.sql',
  'clean.sql',
  'inserts.sql',
  'columns.sql',
  'good.dump',
  'plain.dump',
  'inserts.dump',
  'pipe.dump',
  'good.tar',
  'good.dir',
  'good.sql.gz',
  'members.sql.gz',
  'good.dump.gz',
  'folder.tar',
]

test('every kind of dump of one database tells the same rows and sums, and raises no alarm', here, async () => {
  const wanted = await readBackup(file('good.sql'))
  const sums = ({ tables }: BackupReading) =>
    tables
      .map(({ schema, name, rows, sha256 }) => ({ schema, name, rows, sha256 }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const name of whole) {
    const reading = await readBackup(file(name))
    assert.deepEqual(codes(reading), [], name)
    assert.deepEqual(sums(reading), sums(wanted), name)
    assert.deepEqual(reading.largeObjects.oids.sort(), wanted.largeObjects.oids.sort(), name)
    assert.deepEqual(reading.roles, wanted.roles, name)
    assert.deepEqual(reading.extensions, wanted.extensions, name)
    assert.deepEqual(
      reading.sequences.map(({ name, value }) => `${name} ${value}`).sort(),
      wanted.sequences.map(({ name, value }) => `${name} ${value}`).sort(),
    )
  }
  for (const name of ['root.sql', 'latin.sql', 'all.sql'])
    assert.deepEqual(codes(await readBackup(file(name))), [], name)
})

test('the sums of a dump are those of what the server itself copies out', here, async () => {
  const { tables } = await readBackup(file('good.dump'))
  for (const { schema, name, columns, rows } of tables) {
    const quoted = (each: string): string => `"${each.replaceAll('"', '""')}"`
    const list = columns.length > 0 ? ` (${columns.map(quoted).join(', ')})` : ''
    const out = run(
      'psql',
      '-qc',
      `SET extra_float_digits = 3; COPY ${quoted(schema)}.${quoted(name)}${list} TO STDOUT`,
      databaseUrl('shop'),
    )
    assert.equal(out.split('\n').length - 1, rows, name)
  }
})

test('the statements of an archive are those of pg_restore', here, async () => {
  const reading = await readBackup(file('good.dump'))
  const ours: string[] = []
  for await (const item of openStatements(reading))
    if (item.kind === 'statement' && item.skip !== 'database') ours.push(item.sql)
  const theirs = run('pg_restore', '-f', '-', file('good.dump'))
  const words = (sql: string): string =>
    sql
      .replace(/"(\w+)"/g, '$1')
      .replace(/\s+/g, ' ')
      .replace(/ALTER (SEQUENCE|VIEW|MATERIALIZED VIEW) (\S+ OWNER)/g, 'ALTER TABLE $2')
      .replace("= 'on'", '= on')
  const known = words(theirs)
  const missing = ours.filter((sql) => !known.includes(words(sql)))
  assert.deepEqual(missing, [])
  const made = (text: string): number => text.match(/^(CREATE|ALTER|GRANT|REVOKE|COMMENT) /gm)?.length ?? 0
  const largeObjects = reading.largeObjects.count
  assert.equal(made(ours.join('\n')), made(theirs), `${largeObjects} large objects are made with their data`)
})

test('what the steps restore dumps to the same text again', here, async () => {
  const dumped = (name: string): string => run('pg_dump', databaseUrl(name)).replace(/^\\(un)?restrict .*$/gm, '')
  const wanted = dumped('shop')
  for (const name of [...whole, 'root.sql']) {
    run('psql', '-qc', 'DROP DATABASE IF EXISTS again', '-c', 'CREATE DATABASE again TEMPLATE template0', server.url)
    await writeFile(file('again.sql'), await scriptOf(await readBackup(file(name))))
    run('psql', '-qv', 'ON_ERROR_STOP=1', '-f', file('again.sql'), databaseUrl('again'))
    assert.equal(dumped('again'), wanted, name)
  }
})

async function scriptOf(reading: BackupReading): Promise<Buffer> {
  const parts: (string | Buffer)[] = ["SET client_encoding = 'UTF8';\n"]
  for await (const item of openStatements(reading)) {
    if (item.kind === 'statement' && !item.skip && !item.optional) parts.push(item.sql, '\n')
    if (item.kind === 'copy') {
      parts.push(item.sql, ';\n')
      for await (const chunk of item.data) parts.push(Buffer.from(chunk))
      parts.push('\\.\n')
    }
    if (item.kind !== 'largeObject') continue
    const chunks: Buffer[] = []
    for await (const chunk of item.data) chunks.push(Buffer.from(chunk))
    parts.push(`SELECT pg_catalog.lo_from_bytea(${item.oid}, '\\x${Buffer.concat(chunks).toString('hex')}');\n`)
  }
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))
}

test('damage is named with what it hit', here, async () => {
  const plain = await readFile(file('good.sql'))
  const text = plain.toString('latin1')
  const cards = text.indexOf('COPY public.cards ')
  const inCards = text.indexOf('\n', cards + 20_000) + 1
  const gz = await readFile(file('good.sql.gz'))
  const flipped = Buffer.from(gz)
  flipped[gz.length - 6] = (flipped[gz.length - 6] as number) ^ 1
  const hostile = (line: string): Buffer =>
    Buffer.from(
      text.replace('SET statement_timeout = 0;', (set) => `${line}\n${set}`),
      'latin1',
    )
  const cases: [string, Buffer, string[]][] = [
    ['cut at a line end of the rows', plain.subarray(0, inCards), ['TRUNCATED public.cards', 'TRUNCATED']],
    [
      'cut before the indexes',
      plain.subarray(0, text.indexOf('ALTER TABLE ONLY public.artists\n    ADD CONSTRAINT')),
      ['TRUNCATED'],
    ],
    ['20 bytes short', plain.subarray(0, -30), ['TRUNCATED']],
    ['gzip cut', gz.subarray(0, gz.length / 2), ['TRUNCATED_GZIP']],
    ['gzip CRC', flipped, ['GZIP_CRC']],
    ['gzip of nothing', gzipSync(Buffer.alloc(0)), ['EMPTY']],
    ['no byte', Buffer.alloc(0), ['EMPTY']],
    ['an error page', Buffer.from('<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>'), ['NOT_A_DUMP']],
    ['JSON', Buffer.from('{"error":"denied"}'), ['NOT_A_DUMP']],
    ['prose', Buffer.from('pg_dump: error: connection to server failed\n'), ['NOT_A_DUMP']],
    ['UTF-16', Buffer.from(`\ufeff${text}`, 'utf16le'), ['ENCODING']],
    [
      'Latin bytes under a UTF-8 header',
      Buffer.from(text.replace('artist 7\t', 'artist \xe97\t'), 'latin1'),
      ['ENCODING public.artists'],
    ],
    ['a NUL byte', Buffer.from(text.replace('artist 7\t', 'artist \0\t'), 'latin1'), ['CORRUPT public.artists']],
    ['a shell command', hostile('\\! touch /tmp/x'), ['HOSTILE_DUMP \\!']],
    ['an output to a program', hostile('\\o |touch x'), ['HOSTILE_DUMP \\o']],
    ['backticks', hostile('\\echo `touch x`'), ['HOSTILE_DUMP \\echo `…`']],
    ['a second command on a line', hostile('\\echo hello \\! touch x'), ['HOSTILE_DUMP \\!']],
    ['COPY of a program', hostile("COPY public.users FROM PROGRAM 'id';"), ['HOSTILE_DUMP COPY … PROGRAM']],
    ['COPY of a file', hostile("COPY (SELECT 1) TO '/tmp/x';"), ['HOSTILE_DUMP COPY of a file']],
    ['a program behind rows', hostile('COPY t FROM stdin; \\! touch x\n\\.'), ['HOSTILE_DUMP \\!']],
    [
      'in a DO block',
      hostile("DO $$ BEGIN EXECUTE 'COPY t FROM PROGRAM ''id'''; END $$;"),
      ['HOSTILE_DUMP COPY … PROGRAM'],
    ],
    [
      'a function that is called',
      hostile(
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN COPY t FROM PROGRAM 'id'; END $$;\nSELECT f();",
      ),
      ['HOSTILE_DUMP f(), which does COPY … PROGRAM,'],
    ],
    [
      'a subscription',
      hostile("CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p;"),
      ['HOSTILE_DUMP SUBSCRIPTION'],
    ],
    [
      'a foreign server',
      hostile("CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'x');"),
      ['HOSTILE_DUMP FOREIGN SERVER'],
    ],
    ['ALTER SYSTEM', hostile("ALTER SYSTEM SET archive_command = 'id';"), ['HOSTILE_DUMP ALTER SYSTEM']],
    [
      'a file of the server',
      hostile("SELECT pg_catalog.pg_read_file('/etc/passwd');"),
      ['HOSTILE_DUMP pg_read_file()'],
    ],
    [
      'a library by path',
      hostile("CREATE FUNCTION e() RETURNS void LANGUAGE c AS '/tmp/x.so', 'e';"),
      ['HOSTILE_DUMP LANGUAGE C of a library by its path'],
    ],
  ]
  for (const [name, bytes, wanted] of cases) {
    await writeFile(file('bad'), bytes)
    assert.deepEqual(codes(await readBackup(file('bad'))), wanted, name)
  }
})

test('what only looks hostile is left alone', here, async () => {
  const text = await readFile(file('good.sql'), 'utf8')
  const harmless = [
    "COMMENT ON SCHEMA public IS 'COPY x FROM PROGRAM; \\! rm -rf /';",
    "CREATE FUNCTION h() RETURNS void LANGUAGE plpgsql AS $$ BEGIN COPY t TO PROGRAM 'id'; END $$;",
    "CREATE VIEW w AS SELECT pg_read_file('x');",
    "CREATE FUNCTION i(internal) RETURNS internal LANGUAGE c AS '$libdir/pg_trgm', 'gtrgm_in';",
    "CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p WITH (connect = false, slot_name = 's');",
    'CREATE TABLE program (dblink text, "pg_read_file(" int);',
    '-- \\! touch x',
    '/* COPY t FROM PROGRAM */',
    "INSERT INTO t VALUES ('\\! x', 'COPY a FROM PROGRAM ''b''');",
  ]
  await writeFile(
    file('odd.sql'),
    text.replace('SET statement_timeout = 0;', (set) => `${set}\n${harmless.join('\n')}`),
  )
  assert.deepEqual(codes(await readBackup(file('odd.sql'))), [])
})

test('damage of archives is named with the table', here, async () => {
  const dump = await readFile(file('plain.dump'))
  const packed = await readFile(file('good.dump'))
  const at = dump.indexOf('card 1000')
  const newer = Buffer.from(packed)
  newer[6] = 0x10
  const unknown = Buffer.from(packed)
  unknown[6] = 0x7f
  const cases: [string, Buffer, string[]][] = [
    ['cut in the rows', dump.subarray(0, at), ['TRUNCATED public.cards']],
    ['cut in the table of contents', packed.subarray(0, 3000), ['TRUNCATED']],
    ['cut in large objects', dump.subarray(0, dump.length - 100), ['TRUNCATED large object 16562']],
    ['a layout that is not of its version', newer, ['DUMP_NEWER 1.16']],
    ['a version that is not known', unknown, ['DUMP_NEWER 1.127']],
  ]
  for (const [name, bytes, wanted] of cases) {
    await writeFile(file('bad'), bytes)
    assert.deepEqual(codes(await readBackup(file('bad'))), wanted, name)
  }
})

test('no bit of the packed rows of an archive can turn unnoticed', here, async () => {
  const packed = await readFile(file('good.dump'))
  const { private: map } = (await readBackup(file('good.dump'))) as { private: { offsets: Map<number, number> } }
  const first = Math.min(...map.offsets.values())
  for (let step = 0; step < 60; step++) {
    const bytes = Buffer.from(packed)
    const at = first + Math.floor(((packed.length - first) * step) / 60)
    bytes[at] = (bytes[at] as number) ^ 0x10
    await writeFile(file('bad'), bytes)
    assert.notDeepEqual(codes(await readBackup(file('bad'))), [], `byte ${at}`)
  }
})

test('files of a folder that are missing or cut are named', here, async () => {
  const { tables } = await readBackup(file('good.dir'))
  assert.ok(tables.length > 5)
  const toc = run('pg_restore', '-l', file('good.dir'))
  const id = /^(\d+); .* TABLE DATA public cards /m.exec(toc)?.[1]
  await cp(file('good.dir'), file('bad.dir'), { recursive: true })
  await rm(file(`bad.dir/${id}.dat.gz`))
  assert.deepEqual(codes(await readBackup(file('bad.dir'))), ['MEMBER_MISSING public.cards'])
  const whole = await readFile(file(`good.dir/${id}.dat.gz`))
  await writeFile(file(`bad.dir/${id}.dat.gz`), whole.subarray(0, whole.length / 2))
  assert.deepEqual(codes(await readBackup(file('bad.dir'))), ['TRUNCATED_GZIP public.cards'])
  await copyFile(file(`good.dir/${id}.dat.gz`), file(`bad.dir/${id}.dat.gz`))
  await rm(file('bad.dir/toc.dat'))
  assert.deepEqual(codes(await readBackup(file('bad.dir'))), ['MEMBER_MISSING toc.dat'])
})
