import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asRole, isEventTrigger, isHarmless, isSetting, newOwner } from '../../../src/drill/load/privileged.ts'

const harmless = [
  'ALTER TABLE public.cards OWNER TO shop;',
  'ALTER FUNCTION api.f(integer, text) OWNER TO "Odd; Role";',
  'ALTER FUNCTION api.f("a(b" api."x,y"[], VARIADIC text[]) OWNER TO shop;',
  'ALTER AGGREGATE api.a(integer ORDER BY text) OWNER TO shop;',
  'ALTER OPERATOR api.## (integer, integer) OWNER TO shop;',
  'ALTER OPERATOR FAMILY api.f USING btree OWNER TO shop;',
  'ALTER LARGE OBJECT 16401 OWNER TO current_user_of_ours;',
  'ALTER MATERIALIZED VIEW api."a b" OWNER TO shop;',
  'ALTER TEXT SEARCH CONFIGURATION api.c OWNER TO shop;',
  'CREATE CAST (api.a AS text) WITH INOUT;',
  "COMMENT ON EXTENSION pg_trgm IS 'text; -- similarity';",
  'GRANT SELECT(id),INSERT(id),UPDATE ON TABLE public.cards TO reader;',
  'GRANT ALL ON SCHEMA public TO shop WITH GRANT OPTION;',
  'REVOKE GRANT OPTION FOR USAGE ON SCHEMA public FROM PUBLIC;',
  'CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;',
  'ALTER DEFAULT PRIVILEGES FOR ROLE shop IN SCHEMA api GRANT SELECT ON TABLES TO reader;',
  "-- what it is\nCREATE FUNCTION f() RETURNS boolean LANGUAGE sql LEAKPROOF AS 'select true';",
  'CREATE PUBLICATION pub FOR ALL TABLES;',
]

const harmful = [
  'GRANT pg_execute_server_program TO shop;',
  'GRANT gatekit_superuser TO shop',
  '/* ON */ GRANT pg_read_server_files TO shop;',
  'GRANT "x on y" TO shop',
  'GRANT SET ON PARAMETER log_directory TO shop;',
  "COPY t FROM PROGRAM 'touch x';",
  'REFRESH MATERIALIZED VIEW mv;',
  'CREATE INDEX i ON t (f(a));',
  'ALTER TABLE t ADD CONSTRAINT c CHECK (f(a));',
  'SELECT f();',
  'DO $$ begin perform f(); end $$;',
  "CREATE FUNCTION s(text) RETURNS integer LANGUAGE c AS 'libc.so.6', 'system';",
  "CREATE FUNCTION s(text) RETURNS integer AS 'x' LANGUAGE 'internal';",
  "CREATE SUBSCRIPTION s CONNECTION 'host=evil' PUBLICATION p;",
  "ALTER SYSTEM SET archive_command = 'touch x';",
  'ALTER ROLE shop SUPERUSER;',
  'CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw;',
  'ALTER TABLE t ADD COLUMN c integer DEFAULT f(), OWNER TO shop;',
  'ALTER TABLE t ALTER COLUMN c TYPE integer USING f(), OWNER TO shop;',
  'ALTER FUNCTION f() OWNER TO CURRENT_USER;',
  'ALTER FUNCTION f() OWNER TO  session_user',
  "CREATE AGGREGATE a(text) (sfunc = f, stype = d, initcond = 'x');",
  'CREATE CAST (oid AS text) WITH FUNCTION f(oid) AS ASSIGNMENT;',
]

test('the superuser takes over what only describes, never what evaluates or gives rights', () => {
  for (const sql of harmless) assert.equal(isHarmless(sql), true, sql)
  for (const sql of harmful) assert.equal(isHarmless(sql), false, sql)
})

test('a setting is copied to the superuser only when it holds nothing that is evaluated', () => {
  for (const sql of [
    'SET statement_timeout = 0;',
    "SET client_encoding = 'UTF8';",
    "SELECT pg_catalog.set_config('search_path', '', false);",
    'RESET search_path',
  ])
    assert.equal(isSetting(sql), true, sql)
  for (const sql of [
    "SELECT pg_catalog.set_config('search_path', (select evil()), false);",
    "SELECT pg_catalog.set_config('a', '', false), evil();",
    "SELECT pg_catalog.set_config('a', '', false); select evil();",
    'SET ROLE postgres',
    'SET SESSION AUTHORIZATION shop;',
    'SET LOCAL x = 1',
  ])
    assert.equal(isSetting(sql), false, sql)
})

test('becoming another session becomes taking a role, which the owner may, and of a role above him nothing', () => {
  const above = new Set(['postgres', "o'neill"])
  assert.equal(asRole("SET SESSION AUTHORIZATION 'shop';", above), "set role 'shop'")
  assert.equal(asRole('SET SESSION AUTHORIZATION DEFAULT;', above), 'reset role')
  assert.equal(asRole('RESET SESSION AUTHORIZATION;', above), 'reset role')
  for (const role of ["'postgres'", 'postgres', '"postgres"', "'o''neill'"])
    assert.equal(asRole(`SET SESSION AUTHORIZATION ${role};`, above), 'reset role')
  assert.equal(asRole('SET search_path = x', above), undefined)
})

test('a semicolon or a parenthesis in a name makes a description no less harmless', () => {
  for (const sql of ['ALTER TABLE "a;b"."c"";d" OWNER TO "x;y"', 'GRANT SELECT("a)b") ON TABLE t TO "x;y"'])
    assert.equal(isHarmless(sql), true, sql)
})

test('the new owner of an object is known, quoted or not', () => {
  assert.equal(newOwner('ALTER TABLE a.b OWNER TO Shop;'), 'shop')
  assert.equal(newOwner('ALTER TABLE a.b OWNER TO "Sh""op";'), 'Sh"op')
  assert.equal(newOwner('ALTER TABLE a.b ADD COLUMN c int;'), undefined)
  assert.equal(isEventTrigger('\n-- x\nCREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f();'), true)
})
