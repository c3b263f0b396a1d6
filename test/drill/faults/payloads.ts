import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What a payload that ran would have made: files whose names begin so. */
export const canary = join(tmpdir(), `gatekit-canary-${process.pid}`)

/** The body of a function that tries to leave the database, says nothing when it may not, and returns something. */
const trying = (mark: string, value: string): string =>
  `LANGUAGE plpgsql AS $$ begin begin execute 'copy (select 1) to pro' || 'gram ''touch ${canary}-${mark}'''; exception when others then null; end; return ${value}; end $$`

/** Operators that are nearer to what a superuser may ask of the catalogue than PostgreSQL's own, once they are in his search path. */
const operators = [
  ['>=', 'oid', 'integer', '$1 operator(pg_catalog.>=) $2::oid'],
  ['=', 'oid', 'oid', '$1 operator(pg_catalog.=) $2'],
  ['=', 'name', 'name', '$1 operator(pg_catalog.=) $2'],
  ['=', '"char"', '"char"', '$1 operator(pg_catalog.=) $2'],
  ['>', 'bigint', 'integer', '$1 operator(pg_catalog.>) $2'],
]
  .map(
    (
      [operator, left, right, value],
      at,
    ) => `CREATE FUNCTION evil.op${at}(${left}, ${right}) RETURNS boolean ${trying(`operator-${at}`, value ?? '')};
CREATE OPERATOR evil.${operator} (leftarg = ${left}, rightarg = ${right}, function = evil.op${at});`,
  )
  .join('\n')

/** Dumps whose restore must not fail, and in which nothing may run as anybody but the owner of the scratch database. */
export const quiet: Record<string, string> = {
  'operators in the search path of the database': `${operators}
DO $$ BEGIN EXECUTE format('alter database %I set search_path = evil, pg_catalog', current_database()); END $$;`,
  'operators in the search path of the session': `${operators}
SET search_path = evil, pg_catalog;
CREATE FUNCTION evil.leak() RETURNS integer LANGUAGE sql LEAKPROOF AS 'select 1';
SET search_path = '';`,
  'triggers, rules, policies, defaults, conditions, indexes, views, generated columns and event triggers': `
CREATE FUNCTION evil.row() RETURNS trigger ${trying('trigger', 'new')};
CREATE FUNCTION evil.event() RETURNS event_trigger ${trying('event', 'null').replace('return null;', '')};
CREATE FUNCTION evil.number(integer) RETURNS integer IMMUTABLE ${trying('number', '$1')};
CREATE FUNCTION evil.holds(text) RETURNS boolean IMMUTABLE ${trying('condition', 'true')};
CREATE DOMAIN evil.word AS text CHECK (evil.holds(VALUE));
CREATE TABLE evil.baited (id integer DEFAULT evil.number(7), twice integer GENERATED ALWAYS AS (evil.number(id)) STORED, word evil.word CHECK (evil.holds(word)));
INSERT INTO evil.baited (word) VALUES ('a'), ('b');
CREATE INDEX baited_id ON evil.baited USING btree (evil.number(id));
CREATE VIEW evil.seen AS SELECT evil.number(id) AS n FROM evil.baited;
CREATE MATERIALIZED VIEW evil.kept AS SELECT evil.number(id) AS n FROM evil.baited;
CREATE TRIGGER t BEFORE UPDATE ON evil.baited FOR EACH ROW EXECUTE FUNCTION evil.row();
CREATE TRIGGER t BEFORE UPDATE ON public.cards FOR EACH ROW EXECUTE FUNCTION evil.row();
CREATE RULE r AS ON DELETE TO evil.baited DO ALSO SELECT evil.number(1);
ALTER TABLE evil.baited ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON evil.baited USING (evil.holds(word));
CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION evil.event();
COMMENT ON TABLE evil.baited IS 'after the event trigger';`,
  'a cast of what the catalogue is made of': `
CREATE FUNCTION evil.told(oid) RETURNS text ${trying('cast', "'0'")};
CREATE CAST (oid AS text) WITH FUNCTION evil.told(oid) AS ASSIGNMENT;
CREATE CAST (oid AS text) WITH/* spelt in another way */FUNCTION evil.told(oid) AS ASSIGNMENT;`,
  'casts that read any bytes as the inside of a type, beside one of numbers that is restored': `
CREATE CAST (bytea AS jsonb) WITHOUT FUNCTION;
CREATE CAST (bytea AS numeric) WITHOUT/**/FUNCTION AS IMPLICIT;
CREATE FUNCTION evil.is_left_out() RETURNS integer LANGUAGE plpgsql AS $$ begin
  if exists (select from pg_cast where castsource = 'bytea'::regtype and casttarget in ('jsonb'::regtype, 'numeric'::regtype)) then raise unique_violation; end if;
  return 1; end $$;
SELECT evil.is_left_out();
CREATE CAST (bigint AS timestamp) WITHOUT FUNCTION;
SELECT 7::bigint::timestamp;
CREATE CAST (varchar AS uuid) WITH INOUT AS IMPLICIT;
SELECT '5e67337a-e5bf-11f1-ba9c-02fc00000001'::varchar::uuid;`,
  'privileges on functions that reach files': `
GRANT ALL ON FUNCTION lo_export(oid, text) TO PUBLIC;
GRANT ALL ON FUNCTION pg_catalog.pg_ls_dir(text), pg_catalog.pg_read_file(text) TO PUBLIC;
GRANT ALL ON SCHEMA pg_catalog TO PUBLIC;
CREATE FUNCTION evil.may() RETURNS integer LANGUAGE plpgsql AS $$ begin
  if has_function_privilege('lo_exp' || 'ort(oid, text)', 'execute') or has_function_privilege('pg_ls' || '_dir(text)', 'execute')
    or has_schema_privilege('pg_catalog', 'create') then raise unique_violation; end if;
  return 1; end $$;
SELECT evil.may();`,
}

interface Refused {
  sql: string
  says: [exit: number, code: string, object: string]
}

/** Dumps of which a statement fails, because nobody does it for the backup who may do more than the backup. */
export const refused: Record<string, Refused> = {
  'a column whose default runs, beside a new owner': {
    sql: `CREATE FUNCTION evil.number() RETURNS integer ${trying('owner', '1')};
CREATE TABLE evil.t (a integer);
INSERT INTO evil.t VALUES (1);
ALTER TABLE evil.t ADD COLUMN b integer DEFAULT evil.number(), OWNER TO somebody;`,
    says: [1, 'RESTORE_ERROR', 'evil.t'],
  },
  'an aggregate whose first value is checked by a function': {
    sql: `CREATE FUNCTION evil.holds(text) RETURNS boolean ${trying('aggregate', 'true')};
CREATE DOMAIN evil.d AS text CHECK (evil.holds(VALUE));
CREATE FUNCTION evil.step(evil.d, text) RETURNS evil.d LANGUAGE sql AS 'select $1';
REVOKE ALL ON FUNCTION evil.step(evil.d, text) FROM PUBLIC;
DO $$ BEGIN EXECUTE format('revoke all on function evil.step(evil.d, text) from %I', current_user); END $$;
CREATE AGGREGATE evil.a(text) (sfunc = evil.step, stype = evil.d, initcond = 'x');`,
    says: [3, 'UNSUPPORTED', 'evil.a(text)'],
  },
  'a function that is to belong to whoever is asked': {
    sql: `GRANT ALL ON SCHEMA evil TO PUBLIC;
CREATE FUNCTION evil.f() RETURNS integer SECURITY DEFINER ${trying('definer', '1')};
ALTER FUNCTION evil.f() OWNER TO somebody;
SET ROLE other;
ALTER FUNCTION evil.f() OWNER TO CURRENT_USER;
RESET ROLE;
SELECT evil.f();
ALTER TABLE public.cards OWNER TO other;`,
    says: [1, 'RESTORE_ERROR', 'evil.f()'],
  },
  'a function in the code of the server': {
    sql: `CREATE FUNCTION evil.saved(oid, text) RETURNS integer LANGUAGE/**/internal AS 'be_lo_export';`,
    says: [6, 'HOSTILE_DUMP', 'saved'],
  },
  'rows that are to come from another server': {
    sql: `CREATE EXTENSION dblink WITH SCHEMA evil;
CREATE FUNCTION evil.remote() RETURNS SETOF integer LANGUAGE plpgsql AS $$ begin return query execute 'select * from evil.dbl' || 'ink(''host=127.0.0.1 port=1 password=x'', ''select 1'') as t(n int)'; end $$;
CREATE MATERIALIZED VIEW evil.kept AS SELECT * FROM evil.remote();`,
    says: [3, 'UNSUPPORTED', 'evil.kept'],
  },
  'a function among those of PostgreSQL': {
    sql: `CREATE FUNCTION pg_catalog.pg_relation_size(oid) RETURNS bigint ${trying('catalogue', '1')};`,
    says: [6, 'HOSTILE_DUMP', 'pg_relation_size'],
  },
  'a schema of PostgreSQL that is to have another owner': {
    sql: 'ALTER SCHEMA pg_catalog OWNER TO somebody;',
    says: [6, 'HOSTILE_DUMP', 'pg_catalog'],
  },
}
