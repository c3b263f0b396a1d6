import type { Feature, Odd } from './define.ts'
import { literal, texts } from './names.ts'
import { values } from './values.ts'

const inSchema = ({ schema, name }: Odd, hint: string): string => `${schema()}.${name(hint)}`

/** Columns of any type, with the values at their ends, NULLs, and holes where columns were dropped. */
const manyTypes: Feature = (odd) => {
  const { random, name } = odd
  const table = inSchema(odd, 'types')
  const types = random.some(Object.keys(values), 4 + random.int(12))
  const columns = types.map((type) => ({ name: name('c'), type }))
  const dropped = name('gone')
  const rows = Array.from({ length: 1 + random.int(12) }, () =>
    columns.map(({ type }) => (random.chance(0.12) ? 'null' : `cast(${random.pick(values[type] ?? [])} as ${type})`)),
  )
  return `
    create table ${table} (${columns.map(({ name: column, type }) => `${column} ${type}`).join(', ')}, ${dropped} int);
    ${rows.map((row) => `insert into ${table} values (${row.join(', ')}, 1);`).join('\n')}
    ${random.chance(0.6) ? `alter table ${table} drop column ${dropped};` : ''}
    ${random.chance(0.3) ? `alter table ${table} add column ${name('late')} text default ${literal(random.pick(texts))};` : ''}`
}

const ownTypes: Feature = (odd) => {
  const { random, name } = odd
  const [mood, happy, pair, own, table] = ['mood', 'happy', 'pair', 'span', 'own'].map((hint) => inSchema(odd, hint))
  const labels = [
    '',
    ...random.some(
      texts.filter((text) => text !== '' && Buffer.byteLength(text) < 60),
      4,
    ),
  ].map(literal)
  return `
    create type ${mood} as enum (${labels.join(', ')}); alter type ${mood} add value 'late' before ${labels[1]};
    create domain ${happy} as ${mood} default ${labels[1]} check (value <> ${labels[0]}) not null;
    create type ${pair} as (${name('a')} int, ${name('b')} text, ${name('c')} timestamptz[]);
    create type ${own} as range (subtype = timestamptz, multirange_type_name = ${name('spans')});
    create domain ${inSchema(odd, 'email')} as text collate "C" constraint ${name('shape')} check (value ~ '^[^@;]+@[^@]+$' or value is null);
    create table ${table} (m ${mood}, h ${happy}, ms ${mood}[], p ${pair}, ps ${pair}[], o ${own}, os ${own}[]);
    insert into ${table} values (${labels[0]}, ${labels[1]}, array[${labels.join(', ')}, null]::${mood}[],
      row(1, ${literal(random.pick(texts))}, array['2026-01-01 00:00+01', 'infinity']::timestamptz[])::${pair},
      array[row(null, null, null)::${pair}, row(2, '"', '{}')::${pair}, null], '[2026-01-01 00:00+05,)', array['empty'::${own}]),
      (null, ${labels[1]}, '{}', null, null, null, null);`
}

const partitions: Feature = (odd) => {
  const { random, name } = odd
  const table = inSchema(odd, 'parts')
  const part = (hint: string) => inSchema(odd, hint)
  const [low, high, rest, list, other, apart] = ['low', 'high', 'rest', 'list', 'other', 'apart'].map(part)
  const [id, at, kind, check] = ['id', 'at', 'kind', 'check'].map(name)
  return `
    create table ${table} (${id} bigint generated ${random.pick(['always', 'by default'])} as identity, ${at} date not null, ${kind} text,
      constraint ${check} check (${id} > 0)) partition by range (${at});
    create table ${low} partition of ${table} for values from (minvalue) to ('2026-01-01');
    create table ${high} partition of ${table} for values from ('2026-01-01') to ('2026-06-01') partition by list (${kind});
    create table ${list} partition of ${high} for values in ('a', null); create table ${other} partition of ${high} default;
    create table ${apart} (extra int, ${kind} text, ${at} date not null, ${id} bigint not null, constraint ${check} check (${id} > 0));
    alter table ${apart} drop column extra; alter table ${table} attach partition ${apart} for values from ('2026-06-01') to ('2026-07-01');
    create table ${rest} partition of ${table} default;
    ${random.chance(0.5) ? `create index ${name('ix')} on ${table} (${kind}, lower(${kind}));` : ''}
    ${random.chance(0.3) ? `create index ${name('ix')} on only ${table} (${kind});` : ''}
    insert into ${table} (${at}, ${kind}) select date '2025-12-01' + n * 9, (array['a', 'b', null])[1 + n % 3] from generate_series(1, 40) n;
    ${random.chance(0.4) ? `alter table ${table} detach partition ${rest};` : ''}`
}

const hashed: Feature = (odd) => {
  const { random } = odd
  const [mood, table] = [inSchema(odd, 'shade'), inSchema(odd, 'hashed')]
  const key = random.chance(0.3) ? mood : random.pick(['int', 'text', 'timestamptz'])
  const value: Record<string, string> = {
    int: 'n',
    text: "'k' || n",
    timestamptz: "timestamptz '2026-01-01+00' + n * interval '1 h'",
  }
  return `
    create type ${mood} as enum ('x', 'y', 'z');
    create table ${table} (k ${key}, v int) partition by hash (k);
    ${[0, 1, 2].map((at) => `create table ${inSchema(odd, `h${at}`)} partition of ${table} for values with (modulus 3, remainder ${at});`).join('\n')}
    insert into ${table} select ${value[key] ?? `(enum_range(null::${mood}))[1 + n % 3]`}, n from generate_series(1, 50) n;`
}

const inheritance: Feature = (odd) => {
  const { random, name } = odd
  const [mother, father, child, grandchild] = ['mother', 'father', 'child', 'grand'].map((hint) => inSchema(odd, hint))
  const [a, b, c] = ['a', 'b', 'c'].map(name)
  return `
    create table ${mother} (${a} int default 1 check (${a} > 0), ${b} text default 'm'); create table ${father} (${b} text default 'm', ${c} int not null default 3);
    create table ${child} (own int, constraint ${name('only')} check (own > 0) no inherit) inherits (${mother}, ${father});
    alter table ${child} alter ${a} set default 7;
    create table ${grandchild} () inherits (${child}); alter table ${grandchild} alter ${b} set default ${literal(random.pick(texts))};
    insert into ${mother} values (1, 'only here'); insert into ${child} values (2, 'c', 3, 4); insert into ${grandchild} (own) values (-1), (null);
    ${random.chance(0.5) ? `alter table ${grandchild} no inherit ${child};` : ''}`
}

const generated: Feature = (odd) => {
  const { random, name } = odd
  const table = inSchema(odd, 'generated')
  const [id, a, g] = ['id', 'a', 'g'].map(name)
  const identity = random.pick([
    '',
    '(start with -5 increment by -5 minvalue -9223372036854775808)',
    '(increment 10 start 5 cache 7)',
    '(minvalue 1 maxvalue 9 cycle)',
  ])
  return `
    create table ${table} (${g} int generated always as (${a} * 2) stored, ${id} bigint generated ${random.pick(['always', 'by default'])} as identity ${identity},
      ${a} int, ${name('u')} text generated always as (repeat(${literal(random.pick(texts))}, 2)) stored);
    insert into ${table} (${a}) select n from generate_series(1, 9) n;
    create table ${inSchema(odd, 'alone')} (${name('g')} int generated always as (1) stored); `
}

const keys: Feature = (odd) => {
  const { random, name } = odd
  const [hen, egg, two, three, self] = ['hen', 'egg', 'two', 'three', 'self'].map((hint) => inSchema(odd, hint))
  const late = random.pick(['', 'deferrable', 'deferrable initially deferred'])
  return `
    create table ${hen} (id int primary key ${late ? 'deferrable' : ''}, egg int not null, note text unique nulls not distinct);
    create table ${egg} (id int constraint ${name('pk')} primary key, hen int);
    insert into ${hen} values (1, 2, null), (3, 4, ''); insert into ${egg} values (2, 3), (4, 1), (5, null);
    alter table ${hen} add constraint ${name('fk')} foreign key (egg) references ${egg} ${late};
    ${late ? '' : `alter table ${egg} add foreign key (hen) references ${hen} on delete set null on update cascade;`}
    create table ${two} (a int, b text, c int, primary key (b, a)); insert into ${two} values (1, E'x\\ty', 9), (2, '', null);
    create table ${three} (x int, y text, z int default 0,
      foreign key (x, y) references ${two} (a, b) ${random.pick(['match full', 'on delete set null (x)', 'deferrable initially deferred', 'not valid'])});
    insert into ${three} values (1, E'x\\ty'), (null, null), (2, '');
    create table ${self} (id int primary key, up int references ${self} deferrable initially deferred, b int); insert into ${self} values (3, 2), (2, 1), (1, null), (9, 9);
    alter table ${self} add constraint ${name('fine')} check (id > 0) not valid;`
}

const exclusion: Feature = (odd) => {
  const { name } = odd
  const table = inSchema(odd, 'rooms')
  return `
    create extension if not exists btree_gist;
    create table ${table} (room int, during tsrange, state text, constraint ${name('none')} exclude using gist (room with =, during with &&) where (state <> ';'));
    insert into ${table} values (1, '[2026-01-01,2026-01-02)', 'a'), (1, '[2026-01-02,2026-01-03)', 'a'), (1, '[2026-01-01,2026-01-09)', ';'), (null, null, null);
    create index ${name('ix')} on ${table} (lower(during) desc nulls last, (room + 1)) include (state) where room > 0 and state <> ';';
    create index ${name('hash')} on ${table} using hash (state); create index ${name('brin')} on ${table} using brin (room) with (pages_per_range = 8);
    create statistics ${inSchema(odd, 'stats')} (dependencies, mcv) on room, state from ${table}; alter table ${table} alter state set statistics 500;
    alter table ${table} replica identity full; alter table ${table} set (fillfactor = 70, autovacuum_enabled = off); alter table ${table} alter state set storage external;`
}

const nothing: Feature = (odd) => {
  const { random, name } = odd
  const [bare, empty, unlogged, typed, like] = ['bare', 'empty', 'unlogged', 'typed', 'alike'].map((hint) =>
    inSchema(odd, hint),
  )
  const type = inSchema(odd, 'row')
  return `
    create table ${bare} (); ${random.chance(0.6) ? `insert into ${bare} default values; insert into ${bare} default values;` : ''}
    create table ${empty} (id serial primary key, ${name('b')} text not null default ${literal(random.pick(texts))});
    create unlogged table ${unlogged} (n int, ${name('w')} text); insert into ${unlogged} values (1, ${literal(random.pick(texts))});
    create type ${type} as (a int, b text); create table ${typed} of ${type} (a with options primary key, b default ';'); insert into ${typed} values (1);
    create table ${like} (like ${unlogged} including all, ${name('more')} ${typed}); insert into ${like} values (1, 'x', row(1, E'\\\\N'));`
}

const sequences: Feature = (odd) => {
  const { random, name } = odd
  const schema = odd.schema()
  const [plain, down, round, table, big] = ['seq', 'down', 'round', 'fed', 'big'].map(
    (hint) => `${schema}.${name(hint)}`,
  )
  const text = (name = '') => literal(name)
  return `
    create sequence ${plain} start 7 ${random.pick(['', 'cache 100', 'as smallint'])}; create sequence ${down} increment -3; create sequence ${round} maxvalue 3 cycle;
    create unlogged sequence ${inSchema(odd, 'never')} as smallint start -5 minvalue -10; create sequence ${big} start 9223372036854775806;
    create table ${table} (id int primary key default nextval(${text(down)}::regclass), again int default nextval(${text(round)}::regclass));
    select nextval(${text(big)}::regclass); insert into ${table} select from generate_series(1, 7);
    select setval(${text(plain)}::regclass, 30, ${random.pick(['true', 'false'])}); alter sequence ${down} owned by ${table}.id;`
}

export const tableFeatures: readonly Feature[] = [
  manyTypes,
  manyTypes,
  manyTypes,
  ownTypes,
  partitions,
  hashed,
  inheritance,
  generated,
  keys,
  exclusion,
  nothing,
  sequences,
]
