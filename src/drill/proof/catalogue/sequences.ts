import type { Database } from '../../engines/define.ts'
import { nameOf, type SequenceShape } from '../inventory.ts'
import { quoteName } from '../quoting.ts'
import { ask, ofExtension, userSchemas } from './ask.ts'

type Declared = Omit<SequenceShape, 'lastValue' | 'isCalled'> & { readable: boolean }

/** Every sequence with its state and the columns it feeds: its owner (serial, identity) and columns whose default asks for its next value. */
export async function readSequences(database: Database): Promise<SequenceShape[]> {
  const declared = await ask<Declared>(
    database,
    `select n.nspname as schema, c.relname as name, s.seqstart::text as start, s.seqincrement::text as increment,
      s.seqmin::text as min, s.seqmax::text as max, s.seqcycle as cycle,
      has_sequence_privilege(c.oid, 'SELECT') and has_schema_privilege(n.oid, 'USAGE') as readable,
      (select coalesce(json_agg(distinct jsonb_build_object('schema', tn.nspname, 'name', t.relname, 'column', a.attname)), '[]')
        from (
          select d.refobjid as relation, d.refobjsubid as number from pg_depend d
          where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_class'::regclass
            and d.deptype in ('a', 'i') and d.refobjsubid > 0
          union
          select f.adrelid, f.adnum from pg_depend d join pg_attrdef f on f.oid = d.objid
          where d.classid = 'pg_attrdef'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid
        ) fed join pg_class t on t.oid = fed.relation join pg_namespace tn on tn.oid = t.relnamespace
        join pg_attribute a on a.attrelid = t.oid and a.attnum = fed.number) as feeds
    from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
    where c.relpersistence <> 't' and ${userSchemas} and not ${ofExtension('pg_class', 'c.oid')}
    order by 1, 2`,
  )
  const states = await readStates(
    database,
    declared.filter(({ readable }) => readable),
  )
  return declared.map(({ readable, ...each }) => {
    // A read-only login may not see it: then it is as if it was never used.
    const unseen = { lastValue: each.start, isCalled: false }
    return { ...each, ...((readable && states.get(nameOf(each))) || unseen) }
  })
}

interface State {
  lastValue: string
  isCalled: boolean
}

/** The state is in the sequence itself, not in the catalogue; some hundreds are asked for at once. */
async function readStates(database: Database, sequences: readonly Declared[]): Promise<Map<string, State>> {
  const states = new Map<string, State>()
  for (let from = 0; from < sequences.length; from += batch) {
    const part = sequences.slice(from, from + batch)
    const selects = part.map(
      (each, place) =>
        `select ${place} as place, last_value::text as "lastValue", is_called as "isCalled" from ${quoteName(each)}`,
    )
    const found = await ask<State & { place: number }>(database, selects.join(' union all '))
    for (const { place, ...state } of found) states.set(nameOf(part[place]!), state)
  }
  return states
}

const batch = 200
