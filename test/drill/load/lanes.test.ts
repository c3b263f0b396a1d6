import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimOf } from '../../../src/drill/load/claims.ts'
import { Lanes } from '../../../src/drill/load/lanes.ts'
import type { StatementItem } from '../../../src/drill/reading/define.ts'
import { readStatement } from '../../../src/drill/reading/sql/statement.ts'

const statement = (sql: string): StatementItem => {
  const { what, object } = readStatement(sql)
  return { kind: 'statement', sql, what, ...(object && { object }) }
}

const rowsOf = (name: string) => new Map([[JSON.stringify(['public', name]), 'alone' as const]])

/** Lanes of which every step ends when it is told to. */
function staged(sessions: number) {
  const lanes = new Lanes(Array.from({ length: sessions }, (_, at) => at))
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const work = (name: string) => async () => {
    begun.push(name)
    await new Promise<void>((end) => ends.set(name, end))
  }
  const end = async (name: string) => {
    ends.get(name)?.()
    await new Promise((done) => setImmediate(done))
  }
  return { lanes, begun, work, end }
}

const keyOf = (sql: string) => {
  const claim = claimOf(statement(sql))
  assert.ok(claim, sql)
  return claim
}

test('steps of different tables run beside each other, those of one table in their order', async () => {
  const { lanes, begun, work, end } = staged(2)
  await lanes.add(rowsOf('cards'), work('rows of cards'))
  await lanes.add(
    keyOf('ALTER TABLE ONLY public.cards ADD CONSTRAINT cards_pkey PRIMARY KEY (id);'),
    work('key of cards'),
  )
  await lanes.add(rowsOf('users'), work('rows of users'))
  assert.deepEqual(begun, ['rows of cards', 'rows of users'])
  await end('rows of users')
  assert.deepEqual(begun, ['rows of cards', 'rows of users'])
  await end('rows of cards')
  assert.deepEqual(begun.at(-1), 'key of cards')
})

test('two indexes of one table are built at once; a foreign key waits for those of both its tables', async () => {
  const { lanes, begun, work, end } = staged(3)
  await lanes.add(keyOf('CREATE INDEX a ON public.cards USING btree (id);'), work('a'))
  await lanes.add(keyOf('CREATE UNIQUE INDEX b ON ONLY public.cards USING btree (title);'), work('b'))
  const key = 'ALTER TABLE ONLY public.cards ADD CONSTRAINT f FOREIGN KEY (artist) REFERENCES public.artists(id);'
  await lanes.add(keyOf(key), work('f'))
  await lanes.add(keyOf('CREATE INDEX c ON public.artists USING btree (name);'), work('c'))
  assert.deepEqual(begun, ['a', 'b'])
  await end('a')
  await end('b')
  assert.deepEqual(begun, ['a', 'b', 'f'])
  await end('f')
  assert.deepEqual(begun, ['a', 'b', 'f', 'c'])
})

test('a late step waits until nothing else can run, and nobody waits for one that has not begun', async () => {
  const { lanes, begun, work, end } = staged(1)
  await lanes.add(rowsOf('cards'), work('rows'))
  lanes.late(rowsOf('users'), work('late'))
  await lanes.add(rowsOf('artists'), work('more rows'))
  const drained = lanes.drain()
  await end('rows')
  await end('more rows')
  await drained
  assert.deepEqual(begun, ['rows', 'more rows', 'late'])
  await end('late')
  await lanes.finish()
})

test('what a step throws ends the restore, and nothing that waits is begun any more', async () => {
  const { lanes, begun, work } = staged(1)
  await lanes.add(rowsOf('cards'), async () => {
    throw new Error('the engine died')
  })
  await assert.rejects(lanes.drain(), /the engine died/)
  await lanes.abandon()
  assert.deepEqual(begun, [])
  await assert.doesNotReject(lanes.add(rowsOf('users'), work('rows')))
})

test('only rows, indexes, keys, triggers and the state of sequences may run beside others', () => {
  for (const sql of [
    'CREATE TABLE public.cards (id integer);',
    'CREATE FUNCTION public.f() RETURNS integer LANGUAGE sql AS $$ select 1 $$;',
    'ALTER TABLE public.cards OWNER TO shop;',
    'REFRESH MATERIALIZED VIEW public.totals;',
    'SET default_tablespace = fast;',
    'ALTER TABLE ONLY public.cards ADD CONSTRAINT c CHECK ((public.f() > 0));',
  ])
    assert.equal(claimOf(statement(sql)), undefined, sql)
  for (const sql of [
    "SELECT pg_catalog.setval('public.cards_id_seq', 12, true);",
    'CREATE TRIGGER t BEFORE INSERT ON public.cards FOR EACH ROW EXECUTE FUNCTION public.f();',
  ])
    assert.ok(claimOf(statement(sql)), sql)
})
