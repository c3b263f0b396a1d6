import type { Feature, Odd } from './define.ts'
import { literal, texts } from './names.ts'

const inSchema = ({ schema, name }: Odd, hint: string): string => `${schema()}.${name(hint)}`

/** Bodies in every kind of quotes, with what ends a statement inside them. */
const functions: Feature = (odd) => {
  const { random, name } = odd
  const f = (hint: string) => inSchema(odd, hint)
  const body = `/* ; $$ */ begin -- it's; $x$\n  raise notice 'a;b'';%', 1; return E'\\\\.\\n;'; end`
  const tag = random.pick(['$_$', '$body$', '$ąę$', '$a1_$', '$BODY$'])
  return `
    create function ${f('dollar')}(${name('arg')} text default ${literal(random.pick(texts))}) returns text language plpgsql volatile as ${tag}${body}${tag};
    create function ${f('quoted')}() returns text language sql stable as ${literal(`select 'a;' || $$;$$ || ${literal('x\ny')}`)};
    create function ${f('nested')}() returns void language plpgsql as $outer$ begin execute $inner$ select ';' $inner$; perform $$;$$; end $outer$;
    create function ${f('copying')}() returns text language sql immutable as $f$ select '
COPY public.cards (id) FROM stdin;
1
\\.
--
-- PostgreSQL database dump complete
--
' $f$;
    create function ${f('atomic')}(n int) returns int language sql immutable begin atomic; select 1; select case when n > 1 then ';end'::text::int else (select case n when 0 then 1 end) end; end;
    create procedure ${f('doing')}(inout n int, variadic more text[]) language plpgsql as $$ begin n := n + 1; commit; end $$;
    create function ${f('rows')}(out a int, out b text) returns setof record language sql security definer set search_path = pg_catalog, "$user" as 'select 1, '';''';
    do $$ begin null; end $$;`
}

/** Aggregates, operators and their classes, casts, collations, text search. */
const machinery: Feature = (odd) => {
  const { name } = odd
  const [add, total, pair, table, dict, conf] = ['add', 'total', 'pair', 'pairs', 'dict', 'conf'].map((hint) =>
    inSchema(odd, hint),
  )
  return `
    create function ${add}(int, int) returns int language sql immutable as 'select $1 + $2';
    create aggregate ${total}(int) (sfunc = ${add}, stype = int, initcond = '0', combinefunc = ${add}, parallel = safe);
    create operator ${odd.schema()}.#<# (leftarg = int, rightarg = int, function = ${add});
    create type ${pair} as (a int, b int); create table ${table} (p ${pair}, n int); insert into ${table} values ((1, 2), 3);
    create function ${inSchema(odd, 'cast')}(${pair}) returns int language sql immutable as 'select $1.a';
    create collation ${inSchema(odd, 'coll')} (provider = libc, locale = 'C'); create collation ${inSchema(odd, 'icu')} (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
    create text search dictionary ${dict} (template = pg_catalog.simple, stopwords = 'english');
    create text search configuration ${conf} (copy = pg_catalog.simple); alter text search configuration ${conf} alter mapping for asciiword with ${dict};
    create index ${name('fts')} on ${table} using gin (to_tsvector('simple', n::text));
    create publication ${name('pub')} for table ${table} where (n > 0);`
}

const views: Feature = (odd) => {
  const { random, name } = odd
  const [table, first, second, grouped, total, more] = ['base', 'first', 'second', 'grouped', 'total', 'more'].map(
    (hint) => inSchema(odd, hint),
  )
  const [column, tree] = [name('col'), name('tree')]
  return `
    create table ${table} (id int primary key, ${column} text, up int); insert into ${table} select n, ${literal(random.pick(texts))} || n, nullif(n / 2, 0) from generate_series(1, 15) n;
    create view ${first} as select *, ${literal(random.pick(texts))} as ${name('text')} from ${table} where ${column} <> ';' with local check option;
    create view ${second} with (security_barrier) as select id, ${column} as ${name('renamed')} from ${first} where id > 2 with cascaded check option;
    create recursive view ${odd.schema()}.${tree} (id, depth) as select id, 0 from ${table} where up is null
      union all select b.id, t.depth + 1 from ${table} b join ${tree} t on t.id = b.up;
    create view ${grouped} as select id, ${column}, count(*) from ${table} group by id;
    create materialized view ${total} as select count(*) as n, max(id) as m from ${second}; create unique index ${name('ux')} on ${total} (n);
    create materialized view ${more} as select n + 1 as n from ${total};
    insert into ${table} values (100, 'after the refresh', null);
    create view ${inSchema(odd, 'empty')} as select from ${table};
    alter view ${first} alter ${column} set default ${literal(random.pick(texts))};
    create rule ${name('rule')} as on insert to ${grouped} do instead (insert into ${table} values (new.id, ';'); select 1; notify ${name('chan')}, ${literal(random.pick(texts.filter((text) => text.length < 40)))});
    create rule ${name('rule')} as on delete to ${table} where old.id = 7 do instead nothing;`
}

const triggers: Feature = (odd) => {
  const { name } = odd
  const [table, f, g, view] = ['trig', 'f', 'g', 'seen'].map((hint) => inSchema(odd, hint))
  return `
    create table ${table} (id int primary key, v text, n int default 0); insert into ${table} values (1, 'kept', 5);
    create function ${f}() returns trigger language plpgsql as $$ begin if tg_op = 'DELETE' then return old; end if; new.n := new.n + 1; return new; end $$;
    create function ${g}() returns trigger language plpgsql as $$ begin return null; end $$;
    create trigger ${name('row')} before insert or update of v on ${table} for each row when (new.v <> ';') execute function ${f}('a;b', E'\\\\', $x$it's$x$);
    create constraint trigger ${name('late')} after update on ${table} deferrable initially deferred for each row execute function ${g}();
    create trigger ${name('set')} after insert on ${table} referencing new table as ${name('fresh')} for each statement execute function ${g}();
    create trigger ${name('always')} after truncate on ${table} execute function ${g}(); create view ${view} as select * from ${table};
    create trigger ${name('instead')} instead of update on ${view} for each row execute function ${f}();`
}

const eventTrigger: Feature = (odd) => {
  const f = inSchema(odd, 'event')
  return `
    create function ${f}() returns event_trigger language plpgsql as $$ begin perform 1; end $$;
    create event trigger ${odd.name('evt')} on ddl_command_end when tag in ('CREATE TABLE', 'ALTER TABLE') execute function ${f}();`
}

const security: Feature = (odd) => {
  const { random, name, role } = odd
  const [table, owned, f] = ['rls', 'owned', 'granted'].map((hint) => inSchema(odd, hint))
  return `
    create table ${table} (id int primary key, tenant text, ${name('secret')} text); insert into ${table} values (1, 'a', 'x'), (2, ${literal(random.pick(texts))}, null);
    alter table ${table} enable row level security; ${random.chance(0.5) ? `alter table ${table} force row level security;` : ''}
    create policy ${name('own')} on ${table} as permissive for select to ${role()}, current_user using (tenant = current_setting('app.tenant', true) or tenant = ';');
    create policy ${name('no')} on ${table} as restrictive for update using (true) with check (id > 0);
    create table ${owned} (n int, m int); insert into ${owned} values (1, 2); alter table ${owned} owner to ${role()};
    create function ${f}(int) returns int language sql as 'select 1'; revoke all on function ${f}(int) from public; grant execute on function ${f}(int) to ${role()};
    grant select (n), update (m) on ${owned} to ${role()} with grant option; grant all on ${table} to public; revoke select on ${owned} from ${role()};
    alter default privileges in schema ${odd.schema()} grant select on tables to ${role()}; alter default privileges for role ${role()} revoke execute on functions from public;`
}

const remarks: Feature = (odd) => {
  const { random, name } = odd
  const table = inSchema(odd, 'said')
  const column = name('c')
  const say = () => literal(random.pick(texts.filter((text) => text !== '')))
  return `
    create table ${table} (${column} int, constraint ${name('ck')} check (${column} <> 7)); insert into ${table} values (1);
    comment on table ${table} is ${say()}; comment on column ${table}.${column} is ${say()};
    create type ${inSchema(odd, 't')} as enum (); comment on schema ${odd.schema()} is ${say()};`
}

const largeObjects: Feature = (odd) => {
  const { random, name, role } = odd
  const table = inSchema(odd, 'pictures')
  return `
    create table ${table} (id int primary key, ${name('picture')} oid);
    insert into ${table} select n, lo_from_bytea(0, decode(repeat(md5(n::text), n * n * 40), 'hex')) from generate_series(1, ${1 + random.int(6)}) n;
    insert into ${table} values (98, lo_from_bytea(0, '')), (99, lo_from_bytea(0, E'\\\\x5c2e0a27'));
    do $$ declare one oid; begin
      select max(oid) into one from pg_largeobject_metadata;
      execute format('comment on large object %s is %L', one, ${literal(random.pick(texts.filter((text) => text !== '' && !text.includes('$'))))});
      execute format('grant select on large object %s to %s', one, ${literal(role())});
      execute format('alter large object %s owner to %s', one, ${literal(role())});
      perform lo_put(lo_creat(-1), 100000, 'after a hole');
    end $$;`
}

const extensions: Feature = ({ random, schema, name }) => {
  const table = `${schema()}.${name('ext')}`
  return random.pick([
    `create extension if not exists hstore; create extension if not exists citext; create table ${table} (h hstore, c citext unique); insert into ${table} values ('a=>1,"b; c"=>NULL', 'MiXed');`,
    `create extension if not exists ltree; create extension if not exists pg_trgm; create table ${table} (l ltree, t text); insert into ${table} values ('a.b', 'x'); create index on ${table} using gist (l); create index on ${table} using gin (t gin_trgm_ops);`,
    `create extension if not exists cube; create extension if not exists earthdistance; create extension if not exists seg; create table ${table} (c cube, s seg, e earth); insert into ${table} values ('(1,2),(3,4)', '1.5 .. 2', ll_to_earth(10, 20));`,
    `create extension if not exists isn; create extension if not exists intarray; create extension if not exists lo; create table ${table} (i isbn, a int[]); insert into ${table} values ('0-393-04002-X', '{3,1}'); create index on ${table} using gist (a gist__int_ops);`,
    `create extension if not exists "uuid-ossp"; create extension if not exists pgcrypto; create extension if not exists unaccent; create table ${table} (u uuid default uuid_generate_v4(), d bytea default gen_random_bytes(8)); insert into ${table} default values;`,
    `create extension if not exists bloom; create extension if not exists tablefunc; create extension if not exists fuzzystrmatch; create table ${table} (a int, b int); insert into ${table} values (1, 2); create index on ${table} using bloom (a, b);`,
  ])
}

export const objectFeatures: readonly Feature[] = [
  functions,
  machinery,
  views,
  triggers,
  eventTrigger,
  security,
  remarks,
  largeObjects,
  extensions,
]
