import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leavesRows, RowFreedom } from '../../../src/drill/load/row-freedom.ts'
import type { StatementItem } from '../../../src/drill/reading/define.ts'
import { readStatement } from '../../../src/drill/reading/sql/statement.ts'

const statement = (sql: string): StatementItem => {
  const { what, object } = readStatement(sql)
  return { kind: 'statement', sql, what, ...(object && { object }) }
}

const isFreeAfter = (...statements: string[]): boolean => {
  const freedom = new RowFreedom()
  for (const sql of statements) freedom.see(statement(sql))
  return freedom.isFree
}

const made = 'CREATE FUNCTION public.known(integer) RETURNS boolean LANGUAGE sql AS $$ select true $$;'

test('rows come in any order while nothing of the backup runs with them', () => {
  assert.equal(isFreeAfter(made, 'CREATE TABLE public.cards (id integer, unknown integer, CHECK (id > 0));'), true)
  assert.equal(isFreeAfter('CREATE TABLE public.cards (id integer CHECK (id IN (1, 2)));'), true)
})

test('a table that calls a function of the backup, refers to another, or has a trigger binds them to their order', () => {
  for (const sql of [
    'CREATE TABLE public.cards (id integer, CONSTRAINT c CHECK (public.known(id)));',
    'CREATE DOMAIN public.id AS integer CHECK (public."known"(VALUE));',
    'ALTER TABLE public.cards ADD CONSTRAINT c CHECK (public.known (id));',
    'CREATE TABLE public.cards (id integer REFERENCES public.artists);',
    'CREATE TRIGGER t BEFORE INSERT ON public.cards FOR EACH ROW EXECUTE FUNCTION public.known();',
    'CREATE RULE r AS ON INSERT TO public.cards DO NOTHING;',
  ])
    assert.equal(isFreeAfter(made, sql), false, sql)
})

test('statements that could change rows are told from those that only describe', () => {
  for (const sql of [
    'UPDATE public.cards SET id = 1;',
    'DELETE FROM public.cards;',
    'DO $$ begin end $$;',
    'SELECT public.clean();',
    'ALTER TABLE public.cards ALTER COLUMN id TYPE bigint;',
    'DROP TABLE public.cards;',
  ])
    assert.equal(leavesRows(statement(sql)), false, sql)
  for (const sql of [
    'ALTER TABLE public.cards OWNER TO shop;',
    'ALTER TABLE ONLY public.cards ADD CONSTRAINT k PRIMARY KEY (id);',
    'CREATE INDEX i ON public.cards USING btree (id);',
    "SELECT pg_catalog.setval('public.s', 1);",
    "COMMENT ON TABLE public.cards IS 'all';",
  ])
    assert.equal(leavesRows(statement(sql)), true, sql)
})
