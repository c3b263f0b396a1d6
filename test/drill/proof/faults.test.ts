import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { need } from '../../support/need.ts'
import { openWorkshop, type Wanted, type Workshop } from './restored.ts'
import { tiny } from './tiny.ts'

let workshop: Workshop
before(async () => {
  if (need('postgres').skip === false) workshop = await openWorkshop()
})
after(() => workshop?.stop())

interface Fault {
  sql?: string
  options?: string[]
  /** What somebody does to the dump. */
  edit?(dump: string): string
  wanted?: Wanted
  says: string[]
}

const throughRoot = `create table events (id int, at date, kind text) partition by range (at);
  create table events_1 partition of events for values from ('2026-01-01') to ('2026-02-01');
  create table events_2 partition of events default;
  insert into events select n, date '2026-01-01' + n, 'x' from generate_series(1, 60) n`

const faults: Record<string, Fault> = {
  'the schema only': { options: ['-s'], says: ['ROWS_BELOW_MIN public.artists', 'MATVIEW_UNPOPULATED public.totals'] },
  'nothing at all': { sql: 'select', says: ['EMPTY tables'] },
  'a required table that was left out': {
    options: ['-T', 'public.cards', '-T', 'public.cards_id_seq'],
    edit: (dump) => dump.replace(/CREATE MATERIALIZED VIEW[\s\S]*?;\n/, '').replace(/^.*totals.*$/gm, ''),
    wanted: { expectations: { tables: { cards: 1 } } },
    says: ['TABLE_MISSING cards'],
  },
  'fewer rows than required': {
    wanted: { expectations: { tables: { 'public.artists': 21 } } },
    says: ['ROWS_BELOW_MIN public.artists'],
  },
  'rows that are lost after the restore': {
    wanted: { then: 'delete from cards where id = 7' },
    says: ['CONTENT_MISMATCH public.cards'],
  },
  'a value of rows that went through the root of their partitions': {
    sql: throughRoot,
    options: ['--load-via-partition-root'],
    wanted: { then: 'update events set kind = kind || 1 where id = 7' },
    says: ['CONTENT_MISMATCH public.events'],
  },
  'a row in another partition than the one that the backup has it in': {
    sql: throughRoot,
    wanted: {
      then: "update events set at = at + 30 where id = 7; insert into events values (1000, '2026-01-02', 'y')",
    },
    says: ['CONTENT_MISMATCH public.events_1', 'CONTENT_MISMATCH public.events_2'],
  },
  'rows that are lost after the restore, at depth fast': {
    wanted: { then: 'delete from cards where id = 7', depth: 'fast' },
    says: ['CONTENT_MISMATCH public.cards'],
  },
  'a value that changes after the restore': {
    wanted: {
      then: "alter table users disable trigger all; update users set email = 'x' where id = 3; alter table users enable trigger all",
    },
    says: ['CONTENT_MISMATCH public.users'],
  },
  'a setval that is lost': {
    edit: (dump) => dump.replace(/^SELECT pg_catalog\.setval\('public\.cards_id_seq'.*$/m, ''),
    says: ['SEQUENCE_BEHIND public.cards'],
  },
  'the setval of an identity column that is lost': {
    edit: (dump) => dump.replace(/^SELECT pg_catalog\.setval\('public\.artists_id_seq'.*$/m, ''),
    says: ['SEQUENCE_BEHIND public.artists'],
  },
  'a sequence that was behind at its source': {
    sql: `${tiny}; select setval('cards_id_seq', 100)`,
    says: ['SEQUENCE_BEHIND public.cards'],
  },
  'a setval that the restore did not do': {
    wanted: { then: "select setval('cards_id_seq', 600)" },
    says: ['CONTENT_MISMATCH public.cards_id_seq'],
  },
  'a foreign key that is not valid, and orphans': {
    sql: `${tiny}; alter table cards drop constraint cards_artist_id_fkey; delete from artists where id = 7;
      alter table cards add constraint cards_artist foreign key (artist_id) references artists not valid`,
    says: ['NOT_VALID cards_artist', 'ORPHANS public.cards'],
  },
  'a check that is not valid, and rows that break it': {
    sql: `${tiny}; alter table cards add constraint cheap check (price < 10) not valid`,
    says: ['NOT_VALID cheap'],
  },
  'a declared soft key with orphans': {
    sql: `${tiny}; create table likes (card bigint, what text); insert into likes values (1, 'a'), (99999, 'b'), (null, 'c')`,
    wanted: { expectations: { softKeys: { 'likes.card': 'cards.id' } } },
    says: ['ORPHANS likes'],
  },
  'a declared soft key whose table is lost': {
    wanted: { expectations: { softKeys: { 'likes.card': 'cards.id' } } },
    says: ['TABLE_MISSING likes'],
  },
  'an index that is invalid': {
    wanted: { then: "update pg_index set indisvalid = false where indexrelid = 'cards_artist'::regclass" },
    says: ['INDEX_INVALID cards_artist'],
  },
  'foreign keys whose triggers are off': {
    wanted: { then: 'alter table cards disable trigger all' },
    says: ['TRIGGER_DISABLED public.cards'],
  },
  'a materialised view that was never filled': {
    edit: (dump) => dump.replace(/^REFRESH MATERIALIZED VIEW.*$/m, ''),
    says: ['MATVIEW_UNPOPULATED public.totals'],
  },
  'large objects that were left out': { options: ['-B'], says: ['LO_MISSING public.cards'] },
  'large objects that are lost after the restore': {
    wanted: { then: 'select lo_unlink(picture) from cards where picture is not null limit 1' },
    says: ['LO_MISSING large objects'],
  },
  'one large object that is missing from a declared column': {
    sql: `${tiny}; select lo_unlink(picture) from cards where id = 1`,
    wanted: { expectations: { largeObjects: ['cards.picture'] } },
    says: ['LO_MISSING public.cards'],
  },
  'UTF-8 under the name of Latin-1': {
    sql: "create table t (v text); insert into t values ('zażółć'), ('gęślą'), ('jaźń')",
    edit: (dump) => dump.replace("client_encoding = 'UTF8'", "client_encoding = 'LATIN1'"),
    says: ['ENCODING public.t'],
  },
  'an assertion that does not hold': {
    wanted: { expectations: { assertions: [{ name: 'many cards', sql: 'select count(*) from cards', atLeast: 501 }] } },
    says: ['ASSERTION_FAILED many cards'],
  },
  'an assertion without a row': {
    wanted: {
      expectations: { assertions: [{ name: 'somebody', sql: "select true from users where email = 'nobody'" }] },
    },
    says: ['ASSERTION_FAILED somebody'],
  },
  'an assertion about a table that is not there': {
    wanted: { expectations: { assertions: [{ name: 'gone', sql: 'select true from gone' }] } },
    says: ['ASSERTION_FAILED gone'],
  },
  'an assertion that writes': {
    wanted: { expectations: { assertions: [{ name: 'w', sql: 'delete from cards returning true' }] } },
    says: ['ASSERTION_FAILED w'],
  },
  'a role of the application that is not there': {
    wanted: { expectations: { probe: { role: 'nobody_has_this' } } },
    says: ['ROLE_MISSING nobody_has_this'],
  },
  'a role of the application without privileges': {
    sql: `do $$ begin if not exists (select from pg_roles where rolname = 'app_reader') then create role app_reader; end if; end $$; ${tiny}`,
    wanted: { expectations: { probe: { role: 'app_reader', tables: ['cards'] } } },
    says: ['PROBE_FAILED public.cards'],
  },
  'a role of the application that could leave the database': {
    sql: `do $$ begin if not exists (select from pg_roles where rolname = 'mighty') then create role mighty; grant pg_execute_server_program to mighty; end if; end $$; ${tiny}`,
    wanted: { expectations: { probe: { role: 'mighty' } } },
    says: ['PROBE_FAILED mighty'],
  },
  'a statement of the application that fails': {
    wanted: { expectations: { probe: { statements: ["insert into artists (name) values ('artist 1')"] } } },
    says: ['PROBE_FAILED statement 1'],
  },
  'a watermark that no row has': {
    sql: `${tiny}; create table visits (at timestamptz); insert into visits values (null), ('infinity')`,
    wanted: { expectations: { watermark: ['visits.at'] } },
    says: ['RPO_EXCEEDED visits.at'],
  },
}

for (const [title, { sql = tiny, options, edit, wanted, says }] of Object.entries(faults)) {
  test(`found: ${title}`, need('postgres'), async () => {
    const dump = workshop.dump(sql, options)
    const edited = edit ? Buffer.from(edit(dump.toString('latin1')), 'latin1') : dump
    if (edit) assert.notDeepEqual(edited, dump)

    const { wrong } = await workshop.restore(edited, wanted)

    assert.deepEqual(wrong, says)
  })
}

test('what the write probe leaves out is told with the reason', need('postgres'), async () => {
  const roles = `do $$ begin if not exists (select from pg_roles where rolname = 'only_insert') then create role only_insert; end if; end $$`
  const dump =
    workshop.dump(`${roles}; create table log (id int primary key, what text); insert into log values (1, 'x');
    create table secrets (id int); insert into secrets values (1); create table notes (id int); grant insert on log to only_insert;
    create function no() returns trigger language plpgsql as $$ begin raise exception 'closed'; end $$;
    create trigger no before insert on notes for each statement execute function no(); grant insert on notes to only_insert`)
  const probed = async (probe: object) => {
    const { probed } = await workshop.restore(dump, { expectations: { probe } })
    return [probed.tables, ...probed.findings.map(({ code, exit, message }) => `${exit} ${code} ${message}`)]
  }
  const left = 'no row was written into'
  const only =
    'only_insert may only INSERT: it was allowed to, no row was written; name a statement in probe.statements'

  assert.deepEqual(await probed({}), [
    0,
    `0 NOT_PROBED ${left} public.log, public.notes: ${only}`,
    `0 NOT_PROBED ${left} public.secrets: only_insert may not write it`,
    '0 PROBE_FAILED public.notes: writing as only_insert fails: a function of the backup failed (P0001)',
  ])
  assert.deepEqual(await probed({ role: 'only_insert', tables: ['log'] }), [
    0,
    `0 NOT_PROBED ${left} public.log: ${only}`,
  ])
  assert.deepEqual(await probed({ role: 'only_insert', tables: ['secrets'] }), [
    0,
    '1 PROBE_FAILED public.secrets: writing as only_insert fails: permission denied for table secrets',
  ])
})

test('no finding holds a value of a row', need('postgres'), async () => {
  const canary = 'canary@example.org'
  const dump =
    workshop.dump(`${tiny}; update users set email = '${canary}'; alter table users add constraint no check (email = 'x') not valid;
    create table likes (who text); insert into likes values ('${canary}')`)
  const expectations = {
    softKeys: { 'likes.who': 'artists.name' },
    assertions: [
      { name: 'a', sql: 'select email from users', equals: 'somebody' },
      { name: 'b', sql: 'select email::int from users' },
      { name: 'c', sql: `select 1 / (length(email) - ${canary.length}) from users` },
    ],
    probe: {
      statements: ['insert into artists (name) select email from users', 'update users set email = email::int'],
    },
  }

  const { proven, checked, probed } = await workshop.restore(dump, { expectations })

  const text = JSON.stringify([proven, checked, probed])
  assert.ok(checked.findings.filter(({ exit }) => exit > 0).length >= 5)
  assert.ok(!text.includes('canary'), text)
})

test(
  'b-trees whose order is broken are named in their order, and amcheck leaves nothing behind',
  need('postgres'),
  async () => {
    const compare = (sign: string) =>
      `create or replace function odd(int, int) returns int language sql immutable as 'select ${sign} btint4cmp($1, $2)'`
    const broken = `${compare('')}; create operator class odd_ops for type int using btree as
    operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 odd(int, int);
    create index a_odd on numbers (n odd_ops); create index b_odd on numbers (n odd_ops); ${compare('-')}`
    const dump = workshop.dump(
      'create table numbers (n int primary key); insert into numbers select generate_series(1, 900)',
    )

    const { wrong, checked, database } = await workshop.restore(dump, { then: broken })

    assert.deepEqual(wrong, ['CORRUPT a_odd', 'CORRUPT b_odd'])
    assert.equal(checked.checks.amcheck, 3)
    const left =
      "select extname from pg_extension where extname <> 'plpgsql' union all select nspname from pg_namespace where nspname like 'gatekit%'"
    assert.equal(workshop.sql(database, left), '')
  },
)
