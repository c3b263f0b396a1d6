import { type Backups, flip, gzip } from './backups.ts'
import { canary } from './payloads.ts'

type Content = string | Buffer

/** One bad backup, and what a drill says of it. */
export interface Case {
  /** The file; `plain` is a good dump. */
  make(plain: string, backups: Backups): Content
  name?: string
  config?: object
  says: [exit: number, code: string, object: string]
  /** `1 ORPHANS public.b`: what it says besides. */
  also?: string[]
  /** What the message must hold: where, and how much. */
  tells?: RegExp
}

export const faults: Record<string, Case> = {
  '0 bytes': { make: () => '', says: [1, 'EMPTY', 'backup.sql'] },
  'gzip of nothing': { make: () => gzip(''), name: 'b.sql.gz', says: [1, 'EMPTY', 'b.sql.gz'] },
  'an error page': {
    make: () => '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>',
    says: [1, 'NOT_A_DUMP', 'backup.sql'],
  },
  'random bytes': {
    make: () => Buffer.from(Array.from({ length: 20_000 }, (_, n) => (n * 7919 + (n >> 3) * 31) & 255)),
    says: [1, 'NOT_A_DUMP', 'backup.sql'],
  },
  'encrypted by openssl': {
    make: () => `Salted__${'x'.repeat(100)}`,
    says: [3, 'ENCRYPTED_NO_KEY', 'openssl enc (Salted__)'],
  },
  'a cut in COPY at the end of a line': {
    make: (text) => text.slice(0, text.indexOf('\n', text.indexOf('COPY public.cards') + 3000) + 1),
    says: [1, 'TRUNCATED', 'public.cards'],
  },
  'a cut in the middle of a line': {
    make: (text) => text.slice(0, text.indexOf('COPY public.cards') + 3010),
    says: [1, 'TRUNCATED', 'public.cards'],
  },
  'a cut before the indexes': {
    make: (text) => text.slice(0, text.indexOf('\n--\n-- Name: artists artists_name_key')),
    says: [1, 'TRUNCATED', 'backup.sql'],
  },
  'a cut of the last 20 bytes': { make: (text) => text.trimEnd().slice(0, -60), says: [1, 'TRUNCATED', 'backup.sql'] },
  'a locale that this server has not got': {
    make: (_, { dump }) =>
      dump(['-C'])
        .toString('latin1')
        .replace(/(LOCALE|LC_COLLATE|LC_CTYPE) = '[^']*'/g, "$1 = 'xx_XX.UTF-8'"),
    says: [3, 'LOCALE_UNAVAILABLE', 'xx_XX.UTF-8'],
  },
  'a gzip that was cut': {
    make: (text) => gzip(text).subarray(0, 9000),
    name: 'b.sql.gz',
    says: [1, 'TRUNCATED_GZIP', 'b.sql.gz'],
  },
  'a gzip with a wrong CRC': {
    make: (text) => flip(gzip(text), -6),
    name: 'b.sql.gz',
    says: [1, 'GZIP_CRC', 'b.sql.gz'],
  },
  'an archive that was cut': {
    make: (_, { dump }) => {
      const bytes = dump(['-Fc'])
      return bytes.subarray(0, Math.floor(bytes.length * 0.6))
    },
    says: [1, 'TRUNCATED', 'backup.sql'],
  },
  'an archive that was cut in the rows of a table': {
    make: (_, { dump }) => {
      const bytes = dump(['-Fc'])
      return bytes.subarray(0, bytes.indexOf(Buffer.from('789c', 'hex')) + 400)
    },
    says: [1, 'TRUNCATED', 'public.cards'],
  },
  'an archive with a changed bit': {
    make: (_, { dump }) => {
      const bytes = dump(['-Fc'])
      return flip(bytes, bytes.indexOf(Buffer.from('789c', 'hex')) + 400)
    },
    says: [1, 'CORRUPT', 'public.cards'],
  },
  'an archive of an unknown version': {
    make: (_, { dump }) => {
      const bytes = Buffer.from(dump(['-Fc']))
      bytes[6] = 0x30
      return bytes
    },
    says: [3, 'DUMP_NEWER', '1.48'],
    tells: /newer than 18/,
  },
  'the schema only': { make: (_, { dump }) => dump(['-s']), says: [1, 'ROWS_BELOW_MIN', 'backup.sql'] },
  'the data only': { make: (_, { dump }) => dump(['-a']), says: [1, 'NO_SCHEMA', 'backup.sql'] },
  'a required table that is missing': {
    make: (_, { dump }) => dump(['-T', 'cards', '-T', 'totals']),
    config: { tables: { cards: 1 } },
    says: [1, 'TABLE_MISSING', 'cards'],
  },
  'some tables only': {
    make: (_, { dump }) => dump(['-t', 'artists', '-t', 'purchases', '-t', 'cards', '-t', 'users']),
    says: [1, 'OBJECTS_MISSING', 'public.status'],
  },
  'a row that is there twice': {
    make: (text) => text.replace(/^(COPY public\.cards .*\n)(.*\n)/m, '$1$2$2'),
    says: [1, 'CONSTRAINT_FAILED', 'cards_pkey'],
  },
  'a foreign key that is not valid, and orphans': {
    make: (_, { dump, create }) =>
      dump(
        [],
        create(
          'create table a (id int primary key); create table b (a_id int); insert into a values (1); insert into b values (1), (7); alter table b add constraint b_a foreign key (a_id) references a not valid',
        ),
      ),
    says: [1, 'NOT_VALID', 'b_a'],
    also: ['1 ORPHANS public.b'],
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
    says: [1, 'ORPHANS', 'b'],
    tells: /^1 rows /,
  },
  'a setval that is lost': {
    make: (text) => text.replace(/^SELECT pg_catalog\.setval\('public\.cards_id_seq'.*$/m, ''),
    says: [1, 'SEQUENCE_BEHIND', 'public.cards'],
    tells: /by 500$/,
  },
  'large objects left out': { make: (_, { dump }) => dump(['-B']), says: [1, 'LO_MISSING', 'public.cards'] },
  'Latin-1 over UTF-8': {
    make: (_, { dump, create }) =>
      dump([], create("create table t (v text); insert into t values ('zażółć'), ('gęślą'), ('jaźń'), ('Łódź')"))
        .toString('latin1')
        .replace("client_encoding = 'UTF8'", "client_encoding = 'LATIN1'"),
    says: [1, 'ENCODING', 'public.t'],
  },
  'bytes that are no UTF-8': {
    make: (text) => text.replace('user7@', 'us\xe9r7@'),
    says: [1, 'ENCODING', 'public.users'],
    tells: /^line \d+ /,
  },
  'an extension that is not there': {
    make: (text) => text.replace(/pg_trgm/g, 'no_such_extension'),
    says: [3, 'EXTENSION_UNAVAILABLE', 'no_such_extension'],
  },
  'a setting of a newer server': {
    make: (text) =>
      text
        .replace('SET lock_timeout = 0;', 'SET lock_timeout = 0;\nSET no_such_timeout = 0;')
        .replace(/version 15\.\d+/g, 'version 19.1'),
    says: [3, 'DUMP_NEWER', 'no_such_timeout'],
  },
  'a function in an index that finds its helper by luck': {
    make: (_, { dump, create }) =>
      dump(
        [],
        create(
          "create function trimmer(text) returns text language sql immutable as 'select trim($1)'; create function norm(text) returns text language plpgsql immutable as 'begin return trimmer($1); end'; create table users (email text); insert into users values ('a'); create index u on users (norm(email))",
        ),
      ),
    says: [1, 'RESTORE_ERROR', 'u on users'],
  },
  'a function in a CHECK that finds its helper by luck': {
    make: (_, { dump, create }) =>
      dump(
        [],
        create(
          "create function trimmer(text) returns text language sql immutable as 'select trim($1)'; create function norm(text) returns text language plpgsql immutable as 'begin return trimmer($1); end'; create table users (email text check (norm(email) <> '')); insert into users values ('a')",
        ),
      ),
    says: [1, 'RESTORE_ERROR', 'public.users'],
  },
  'a command of psql': {
    make: (text) =>
      text.replace('SET lock_timeout', `\\! touch ${canary}\nSET lock_timeout`).replace(/^\\(un)?restrict.*$/gm, ''),
    says: [6, 'HOSTILE_DUMP', '\\!'],
  },
  'COPY from a program': {
    make: (text) => text.replace('SET lock_timeout', `COPY public.x FROM PROGRAM 'touch ${canary}';\nSET lock_timeout`),
    says: [6, 'HOSTILE_DUMP', 'COPY … PROGRAM'],
  },
  'a program inside a block': {
    make: (text) =>
      text.replace(
        'CREATE TABLE',
        `DO $x$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''touch ${canary}'''; END $x$;\nCREATE TABLE`,
      ),
    says: [6, 'HOSTILE_DUMP', 'COPY … PROGRAM'],
  },
  'a backup of another database': {
    make: (_, { dump }) => dump(['-Fc']),
    config: { database: 'prod' },
    says: [1, 'WRONG_DATABASE', 'source_1'],
  },
  'an assertion that does not hold': {
    make: (text) => text,
    config: { assertions: [{ name: 'many', sql: 'select count(*) from cards', atLeast: 9999 }] },
    says: [1, 'ASSERTION_FAILED', 'many'],
  },
  'a restore that takes too long': {
    make: (text) => text,
    config: { rto: '1ms' },
    says: [1, 'RTO_EXCEEDED', 'restore'],
    tells: /provision .* s, restore .* s/,
  },
  'rows that are too old': {
    make: (text) => text,
    config: { rpo: '1d', watermark: ['purchases.created_at'] },
    says: [1, 'RPO_EXCEEDED', 'watermark'],
  },
}
