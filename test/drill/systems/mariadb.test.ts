import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { BackupReading } from '../../../src/drill/reading/define.ts'
import { readBackup } from '../../../src/drill/reading/read-backup.ts'
import { ask } from '../../../src/drill/systems/mariadb/client.ts'
import { findPrograms, startMariadb } from '../../../src/drill/systems/mariadb/server.ts'
import { need } from '../../support/need.ts'
import { drillFile, ownFolder } from './drilled.ts'

let dir: string
let remove: () => Promise<void>
let dump: string
let whole: string
before(async () => {
  ;({ dir, remove } = await ownFolder())
  if (need('mariadb').skip === false) await make()
})
after(() => remove())

const shop = `
create table artists (id int primary key auto_increment, name varchar(50) not null unique) engine=InnoDB;
create table cards (id int primary key auto_increment, artist_id int, price decimal(10,2), cents int generated always as (price * 100) stored,
  made datetime, note text, key artist (artist_id), constraint card_artist foreign key (artist_id) references artists (id)) engine=InnoDB;
insert into artists (name) values ('a''b\\\\c'), ('żółć'), ('x;y');
insert into cards (artist_id, price, made, note) select 1 + seq % 3, seq, '2026-03-01 10:00:00' + interval seq minute,
  if(seq % 5, 'a\\nb\\tc', null) from seq_1_to_400;
create table shelves (room int, nr int, primary key (room, nr)) engine=InnoDB;
create table boxes (id int, room int, nr int, constraint box_shelf foreign key (room, nr) references shelves (room, nr)) engine=InnoDB;
insert into shelves values (1, 1), (2, 2);
insert into boxes values (1, 1, 1), (2, 1, null), (3, null, 9);
create view dear as select * from cards where price > 100;
create procedure restock() select 1;
create event tidy on schedule every 1 day do delete from cards where price < 0;
create trigger stamp before insert on cards for each row set new.made = coalesce(new.made, now());
`

/** Dumps as mariadb-dump makes them by default, and with routines and events. */
async function make(): Promise<void> {
  const programs = findPrograms(process.env)
  const scratchDir = join(dir, 'source')
  await mkdir(scratchDir, { mode: 0o711 })
  const { signal } = new AbortController()
  const server = await startMariadb(programs, { scratchDir, env: process.env, signal, leave: async () => {} })
  const client = {
    program: programs.client,
    socket: server.socket,
    user: 'root',
    env: process.env,
    signal,
    timeoutMs: 30_000,
  }
  try {
    await ask('create database shop', client)
    for (const statement of shop.split(/;\n/).filter((each) => each.trim()))
      await ask(statement, { ...client, database: 'shop' })
    const save = (...args: string[]) =>
      execFileSync('mariadb-dump', [
        '--no-defaults',
        `--socket=${server.socket}`,
        '--user=root',
        ...args,
        'shop',
      ]).toString()
    dump = save()
    whole = save('--routines', '--events')
  } finally {
    await server.stop()
  }
}

async function drill(text: string, expectations?: unknown, reading: Partial<BackupReading> = {}) {
  const path = join(dir, `${Math.random().toString(36).slice(2)}.sql`)
  await writeFile(path, text)
  return drillFile(path, { engine: 'mysql', format: 'plain', ...reading }, expectations)
}

test(
  'a good dump passes, with a generated column, a view, a trigger and letters of all kinds',
  need('mariadb'),
  async () => {
    const path = join(dir, 'good.sql')
    await writeFile(path, dump)
    const { wrong, state } = await drillFile(path, await readBackup(path), {
      tables: { cards: 400, artists: 3 },
      softKeys: { 'cards.artist_id': 'artists.id' },
      objects: ['dear', 'stamp'],
      watermark: ['cards.made'],
      assertions: [
        { name: 'n', sql: 'select count(*) from dear', equals: 300 },
        { name: 'z', sql: "select name = 'żółć' from artists where id = 2" },
      ],
    })
    assert.deepEqual(wrong, [])
    assert.deepEqual(
      state.evidence.tables.map(({ name, rows, sha256, restored, equal }) => [
        name,
        rows,
        equal,
        restored?.sha256 === sha256,
      ]),
      [
        ['artists', 3, true, true],
        ['boxes', 3, true, true],
        ['cards', 400, true, true],
        ['shelves', 2, true, true],
      ],
    )
    assert.match(state.phases.records.find(({ name }) => name === 'prove')?.note ?? '', /4 of 4 tables byte for byte/)
    assert.equal(state.evidence.engine?.kind, 'mariadb')
  },
)

test('a dump with procedures and events passes, and its events do not run', need('mariadb'), async () => {
  assert.deepEqual((await drill(whole, { objects: ['restock', 'tidy'] })).wrong, [])
})

test(
  'procedures and events that a default dump leaves out are found where they are required',
  need('mariadb'),
  async () => {
    assert.deepEqual((await drill(dump, { objects: ['restock', 'tidy'] })).wrong, [
      'OBJECTS_MISSING restock',
      'OBJECTS_MISSING tidy',
    ])
  },
)

test('databases with tables of the same name, and names with spaces, are told apart', need('mariadb'), async () => {
  const path = join(dir, 'several.sql')
  const text = dump.replace(
    '-- Dump completed',
    'CREATE TABLE `my.table` (n int);\nINSERT INTO `my.table` VALUES (7);\nCREATE DATABASE `a b`;\nUSE `a b`;\nCREATE TABLE `cards` (n int);\nINSERT INTO `cards` VALUES (1),(2);\nCREATE TABLE `x.y` (n int);\nINSERT INTO `x.y` VALUES (1);\n-- Dump completed',
  )
  await writeFile(path, text)
  const reading = await readBackup(path)
  assert.deepEqual((await drillFile(path, reading)).wrong, [])
  await writeFile(path, text.replace('INSERT INTO `cards` VALUES (1),(2)', 'INSERT INTO `cards` VALUES (1)'))
  assert.deepEqual((await drillFile(path, reading)).wrong, ['CONTENT_MISMATCH cards'])
})

test('a dump of whole databases passes under their own names', need('mariadb'), async () => {
  const named = `CREATE DATABASE /*!32312 IF NOT EXISTS*/ \`shop\`;\nUSE \`shop\`;\n${dump}`
  assert.deepEqual((await drill(named, { tables: { cards: 400 } })).wrong, [])
})

interface Fault {
  edit(dump: string): string
  expectations?: unknown
  says: string
}

const faults: Record<string, Fault> = {
  'a cut after a statement': {
    edit: (text) => text.slice(0, text.indexOf(';\n', text.indexOf('INSERT INTO `artists`')) + 2),
    says: 'TRUNCATED dump',
  },
  'no rows': { edit: (text) => text.replace(/^INSERT INTO [\s\S]*?;$/gm, ''), says: 'ROWS_BELOW_MIN artists' },
  'a lost table': {
    edit: (text) => text.replace(/^INSERT INTO `artists`[\s\S]*?;$/m, ''),
    expectations: { tables: { artists: 1 } },
    says: 'ORPHANS cards,ROWS_BELOW_MIN artists',
  },
  orphans: { edit: (text) => text.replace(/,\s*\(2,'żółć'\)/, ''), says: 'ORPHANS cards' },
  'orphans of a key of two columns': {
    edit: (text) => text.replace('(1,1),\n(2,2)', '(2,1),\n(1,2)'),
    says: 'ORPHANS boxes',
  },
  'a row that is there twice': {
    edit: (text) => text.replace(/\(2,'żółć'\)/, "(2,'żółć'),\n(2,'secret value')"),
    says: 'CONSTRAINT_FAILED rows',
  },
  'a view over something that is lost': {
    edit: (text) =>
      text.replace('from `cards` where `cards`.`price`', 'from `cards` where lost_function(`cards`.`price`)'),
    says: 'OBJECTS_MISSING lost_function',
  },
  'a file of the server': {
    edit: (text) =>
      text.replace('-- Dump completed', "SELECT 1 INTO OUTFILE '/tmp/gatekit-mariadb-canary';\n-- Dump completed"),
    says: 'HOSTILE_DUMP dump',
  },
  'a collation of MySQL': {
    edit: (text) => text.replace(/COLLATE=\w+/g, 'COLLATE=utf8mb4_klingon_ci'),
    says: 'LOCALE_UNAVAILABLE utf8mb4_klingon_ci',
  },
}

for (const [title, { edit, expectations, says }] of Object.entries(faults)) {
  test(`found in a dump of MariaDB: ${title}`, need('mariadb'), async () => {
    assert.notEqual(edit(dump), dump)
    const { wrong, state } = await drill(edit(dump), expectations)
    assert.equal(wrong.join(), says, JSON.stringify(state.findings))
    assert.doesNotMatch(JSON.stringify(state.findings), /secret value/)
    assert.equal(existsSync('/tmp/gatekit-mariadb-canary'), false)
  })
}

test('a command of the client inside a dump is not run', need('mariadb'), async () => {
  const canary = join(dir, 'canary')
  await drill(dump.replace('-- Dump completed', `\\! touch ${canary}\n-- Dump completed`))
  assert.equal(existsSync(canary), false)
})

test(
  'a routine of the dump has no more rights than a restore, whoever it names as its definer',
  need('mariadb'),
  async () => {
    const log = join(dir, 'log')
    const body = `SET GLOBAL general_log_file = '${log}'; SET GLOBAL general_log = ON;`
    const text = `DELIMITER ;;\nCREATE DEFINER=\`root\`@\`localhost\` PROCEDURE p() BEGIN ${body} END ;;\nDELIMITER ;\nCALL p();\n`
    const { wrong } = await drill(dump.replace('-- Dump completed', `${text}-- Dump completed`))
    assert.match(wrong.join(), /^RESTORE_ERROR line \d+$/)
    assert.equal(existsSync(log), false)
  },
)

test('fewer rows than the dump writes are found', need('mariadb'), async () => {
  const table = {
    schema: '',
    name: 'cards',
    columns: [],
    rows: 401,
    sha256: undefined,
    bytes: 0,
    blocks: 1,
    style: 'insert' as const,
  }
  assert.deepEqual((await drill(dump, {}, { tables: [table] })).wrong, ['CONTENT_MISMATCH cards'])
})
