import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { MysqlFacts } from '../../../src/drill/reading/mysql/writing.ts'
import { readBackup } from '../../../src/drill/reading/read-backup.ts'
import { ask, type ClientSettings, runDump } from '../../../src/drill/systems/mariadb/client.ts'
import { readDatabase } from '../../../src/drill/systems/mariadb/inspect.ts'
import { proveTables, type TablesProof } from '../../../src/drill/systems/mariadb/prove-tables.ts'
import { findPrograms, type ScratchMariadb, scratch, startMariadb } from '../../../src/drill/systems/mariadb/server.ts'
import { SqlTrouble } from '../../../src/drill/systems/sql-checks.ts'
import { need } from '../../support/need.ts'
import { ownFolder } from './drilled.ts'

let dir: string
let remove: () => Promise<void>
let server: ScratchMariadb
let root: ClientSettings & { dump: string | undefined }
const dumps = new Map<string, Buffer>()
before(async () => {
  ;({ dir, remove } = await ownFolder())
  if (need('mariadb').skip !== false) return
  const programs = findPrograms(process.env)
  const scratchDir = join(dir, 'server')
  await mkdir(scratchDir, { mode: 0o711 })
  const { signal } = new AbortController()
  server = await startMariadb(programs, { scratchDir, env: process.env, signal, leave: async () => {} })
  const { client: program, dump } = programs
  root = { program, dump, socket: server.socket, user: 'root', env: process.env, signal, timeoutMs: 60_000 }
  await ask('create database source', root)
  for (const sql of source) await ask(sql, { ...root, database: 'source' })
  for (const args of [...Object.values(ways), ['--hex-blob']]) dumps.set(args.join(), save(args))
  await ask('drop database source', root)
})
after(async () => {
  await server?.stop()
  await remove()
})

const source = [
  `create table kinds (id int(8) zerofill primary key, big bigint unsigned, f float, d double, money decimal(30,10), scaled float(7,3),
    one bit(1), nine bit(9), c char(5), v varchar(100), w varchar(50) character set latin1, vb varbinary(20), bin binary(4), b longblob,
    t mediumtext, e enum('a','b','ż'), s set('x','y'), day date, clock time(3), moment datetime(6), made timestamp(2) null, y year, j json,
    p point, g geometry, u uuid, i6 inet6, truth boolean, sum int generated always as (y * 2) stored,
    more int generated always as (y + 1) virtual, \`odd (name), 'x'\` int, hidden int invisible default 5) character set utf8mb4`,
  String.raw`insert into kinds (id, big, f, d, money, scaled, one, nine, c, v, w, vb, bin, b, t, e, s, day, clock, moment, made, y, j, p, g, u,
    i6, truth, ${"`odd (name), 'x'`"}) values
    (1, 18446744073709551615, 3.14159265, 1e-300/3, -0.5, 1234.5678, b'1', b'101010101', 'ab ', 'it''s "q" \\ \n \0 \Z \t \% ż', 'zé',
      x'00ff275c0a1a22', x'01', x'0001ff270d0a', 'a),(b; żółć -- x', 'b', 'x,y', '2026-01-02', '-12:30:00.5', '2026-01-02 03:04:05.123456',
      '2026-01-02 03:04:05.12', 1999, '{"a": ["1", 2]}', point(1, 2), linestring(point(0, 0), point(1, 1)),
      '5e67337a-e5bf-11f1-ba9c-02fc00000001', '::1', true, -7),
    (2, 0, 1e20, -1.7976931348623157e308, 12345678901234567890.0123456789, 0, b'0', b'0', '', '', '', '', '', '', '', 'ż', '', '0001-01-01',
      '838:59:59', '9999-12-31 23:59:59', '1970-01-02 00:00:00', 2155, '[]', null, null, null, null, false, 0),
    (3, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
      null, null, null, null, null, null)`,
  'create table keyless (n int, word varchar(20) collate utf8mb4_polish_ci)',
  "insert into keyless values (2, 'b'), (1, 'a'), (1, 'a'), (null, null)",
  'create table history (a int) with system versioning',
  'insert into history values (1), (2)',
  'update history set a = 3 where a = 2',
  'create table heap (a int, b text) engine=MyISAM',
  "insert into heap values (9, 'z'), (3, 'y')",
  'create table twin (a int, b text) engine=MyISAM',
  "insert into twin values (4, 'x')",
  'create table both_of_them (a int, b text) engine=merge union=(heap, twin)',
  'create table parts (id int, word varchar(9)) partition by range (id) (partition low values less than (10), partition high values less than maxvalue)',
  "insert into parts values (30, 'x'), (3, 'y'), (20, 'z')",
  'create table `-t "odd"` (a int)',
  'insert into `-t "odd"` values (1)',
  'create table untouched (a int)',
  'create table cards (id int primary key, name varchar(20), price double) engine=InnoDB',
  "insert into cards select seq, concat('card ', seq), seq / 7 from seq_1_to_500",
  'create view seen as select * from cards',
  'create sequence numbers',
]

const save = (args: readonly string[]): Buffer =>
  execFileSync('mariadb-dump', ['--no-defaults', `--socket=${server.socket}`, '--user=root', ...args, 'source'])
const saved = (...args: string[]): Buffer => dumps.get(args.join()) ?? Buffer.alloc(0)

/** Loads a dump as a drill does; `then` is what becomes of the restored database before it is looked at. */
async function prove(text: Buffer | string, then?: string): Promise<TablesProof> {
  const backup = join(dir, 'backup.sql')
  await writeFile(backup, text)
  const reading = await readBackup(backup)
  await ask(`drop database if exists ${scratch}; create database ${scratch} character set utf8mb4`, root)
  const loader = { ...root, database: scratch }
  const facts = reading.private as MysqlFacts
  await runDump(backup, loader, facts.flushes)
  if (then) await ask(then, loader)
  const restored = await readDatabase((sql) => ask(sql, loader), scratch, facts.hasHistory)
  return proveTables(restored, { depth: 'full', reading, backup }, root)
}

/** `CONTENT_MISMATCH cards`; remarks with their text. */
const told = ({ findings }: TablesProof): string[] =>
  findings.map(({ exit, code, object, message }) => (exit === 0 ? `remark ${message}` : `${code} ${object}`))

const ways: Record<string, string[]> = {
  'as it is by default': [],
  'with binary values in hex': ['--hex-blob'],
  'with the names of columns': ['--complete-insert', '--hex-blob'],
  'a statement for each row': ['--skip-extended-insert', '--skip-quote-names'],
  'without what makes it fast': ['--skip-opt', '--skip-comments'],
  'in latin1': ['--default-character-set=latin1'],
  'as REPLACE, in the order of keys': ['--replace', '--order-by-primary'],
  'with the past of versioned tables': ['--dump-history'],
  'as INSERT IGNORE': ['--insert-ignore', '--skip-tz-utc'],
}

for (const [title, args] of Object.entries(ways)) {
  test(`every row of every type is proved in a dump written ${title}`, need('mariadb'), async () => {
    const proof = await prove(saved(...args))
    assert.deepEqual(told(proof), [])
    const open = proof.tables.filter(({ restored, equal }) => !equal || restored?.sha256 === undefined)
    assert.deepEqual(
      open.map(({ name }) => name).filter((name) => !/both_of_them$/.test(name)),
      [],
    )
    assert.equal(proof.tables.length, 10)
  })
}

const written: Record<string, (text: string) => string> = {
  'by MySQL, with the charset of binary strings': (text) => text.replace(/,0x([0-9A-F]*)/g, ',_binary 0x$1'),
  'with hex in the other notation': (text) => text.replace(/,0x([0-9A-F]+)/g, ",x'$1'"),
  'with rows in another order': (text) =>
    text.replace(/\(1,'card 1',([^)]*)\),\n\(2,'card 2',([^)]*)\)/, "(2,'card 2',$2),\n(1,'card 1',$1)"),
  'with spaces, and zeros in numbers': (text) =>
    text.replace(
      /\((\d+),'card (\d+)',([\d.]+)\)/g,
      (_, id, card, price) => `( 0${id} , "card ${card}" , ${Number(price)}e0 )`,
    ),
}

for (const [title, edit] of Object.entries(written)) {
  test(`the same rows are proved in a dump written ${title}`, need('mariadb'), async () => {
    const text = saved('--hex-blob').toString('latin1')
    assert.notEqual(edit(text), text)
    assert.deepEqual(told(await prove(Buffer.from(edit(text), 'latin1'))), [])
  })
}

const faults: Record<string, [sql: string, table: string]> = {
  'a changed letter': ["update cards set name = 'Card 7' where id = 7", 'cards'],
  'a lost row': ['delete from cards where id = 7', 'cards'],
  'a row in place of another': ['update cards set id = 501 where id = 7', 'cards'],
  'two swapped values': ["update cards set name = if(id = 7, 'card 8', 'card 7') where id in (7, 8)", 'cards'],
  'the last digit of a number': ['update cards set price = price + 1e-13 where id = 490', 'cards'],
  'a byte of a blob': ["update kinds set b = x'0001ff270d0b' where id = 1", 'kinds'],
  'NULL in place of nothing': ['update kinds set v = null where id = 2', 'kinds'],
  'a second of a time': ['update kinds set made = made + interval 1 second where id = 1', 'kinds'],
  'one bit': ["update kinds set nine = b'101010100' where id = 1", 'kinds'],
  'a row twice, and another one gone': ['update keyless set n = 2, word = "b" where n is null', 'keyless'],
  'a point elsewhere': ['update kinds set p = point(1, 3) where id = 1', 'kinds'],
}

for (const [title, [sql, table]] of Object.entries(faults)) {
  test(`found in what was restored: ${title}`, need('mariadb'), async () => {
    const proof = await prove(saved('--hex-blob'), sql)
    assert.deepEqual(told(proof), [`CONTENT_MISMATCH ${table}`])
    assert.equal(proof.tables.find(({ name }) => name === table)?.equal, false)
  })
}

const head =
  'CREATE TABLE t (id int not null auto_increment primary key, v varchar(9), f float, made timestamp null);\n'
const rows = "INSERT INTO t VALUES (1,'a',0.5,null),(2,'b',1.5,null);\n"
const few = 'only their number was compared'
const doubtful: Record<string, [sql: string, told: string[]]> = {
  'rows that are written and then changed': [
    `${head}${rows}UPDATE t SET v = 'c' WHERE id = 2;\n`,
    [`change rows that it has written: ${few}`],
  ],
  'rows that are written and then removed': [
    `${head}${rows}DELETE FROM t WHERE id = 2;\n`,
    ['change rows that it has written'],
  ],
  'a column that is made wider behind its rows': [`${head}${rows}ALTER TABLE t MODIFY v text;\n`, []],
  'rows that are there before those of the dump are removed': [`${head}DELETE FROM t;\n${rows}`, []],
  'keys that are left to the server': [
    `${head}INSERT INTO t (id, v) VALUES (NULL,'a'),(DEFAULT,'b');\n`,
    ['values of id cannot be compared, the others are alike'],
  ],
  'values that the server computes': [
    `${head}INSERT INTO t VALUES (1,concat('a', ',('),0.5,now()),(2,'b',7,null);\n`,
    ['values of v, made cannot be compared, the others are alike'],
  ],
  'numbers with more digits than the server keeps': [
    `${head}INSERT INTO t VALUES (1,'a',0.123456789,null);\n`,
    ['values of f cannot be compared, the others are alike'],
  ],
  'times of some zone': [
    `${head}SET TIME_ZONE='+02:00';\nINSERT INTO t VALUES (1,'a',0.50,'2026-03-01 10:00:00');\n`,
    ['values of made cannot be compared, the others are alike'],
  ],
  'several charsets': [
    `SET NAMES latin1;\n${head}${rows}SET NAMES utf8mb4;\nINSERT INTO t VALUES (3,'c',null,null);\n`,
    ['only the number of rows was compared: the charset of the dump changes, or cannot be read byte by byte'],
  ],
  'rows of another table': [
    `${head}${rows}CREATE TABLE u (id int);\nINSERT INTO u SELECT id FROM t;\n`,
    ['change rows that it has written'],
  ],
  'a row that replaces': [
    `${head}${rows}INSERT INTO t (id, v) VALUES (2,'c') ON DUPLICATE KEY UPDATE v = VALUES(v);\n`,
    ['change rows that it has written'],
  ],
  'a charset that another takes the place of, and UTC': [
    `SET NAMES utf8;\nSET NAMES utf8mb4;\nSET @OLD_TIME_ZONE=@@TIME_ZONE;\nSET TIME_ZONE='+00:00';\n${head}INSERT INTO t (id, v, made) VALUES\n\t(1, 'ż', '2026-03-01 10:00:00');\n`,
    [],
  ],
  'privileges that would be read anew': [`${head}/*! FLUSH PRIVILEGES */;\n${rows}`, []],
  'a table that stands for a view first': [
    `${head}${rows}CREATE TABLE v (id int);\nDROP TABLE v;\nCREATE VIEW v AS SELECT 1;\n`,
    [],
  ],
}

for (const [title, [sql, wanted]] of Object.entries(doubtful)) {
  test(`no false alarm, and said where something is only counted: ${title}`, need('mariadb'), async () => {
    const found = told(await prove(`-- MySQL dump by hand\n\n${sql}`))
    assert.equal(found.length, wanted.length, found.join('; '))
    for (const [at, text] of wanted.entries()) {
      assert.match(found[at] ?? '', /^remark /)
      assert.ok(found[at]?.includes(text), found[at])
    }
  })
}

test('a trigger of the dump that changes rows while they come is found', need('mariadb'), async () => {
  const trigger = "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.v = if(NEW.id = 2, 'c', NEW.v);\n"
  assert.deepEqual(told(await prove(`-- MySQL dump by hand\n\n${head}${trigger}${rows}`)), ['CONTENT_MISMATCH t'])
})

test('commands of the client in a dump that is loaded do nothing', need('mariadb'), async () => {
  const canary = join(dir, 'canary')
  const path = join(dir, 'commands.sql')
  for (const command of [`\\! touch`, 'system touch', 'tee', 'source', `\\T`, 'pager touch']) {
    await writeFile(path, `SELECT 1;\n${command} ${canary}\nSELECT 2;\n`)
    await assert.rejects(runDump(path, { ...root, database: scratch }), SqlTrouble)
  }
  assert.equal(existsSync(canary), false)
})
