import type { Database } from '../../engines/define.ts'
import type { ConstraintShape, IndexShape, TriggerShape } from '../inventory.ts'
import { ask, ofExtension, userSchemas } from './ask.ts'

const columnsOf = (relation: string, numbers: string): string =>
  `(select coalesce(json_agg(a.attname order by k.position), '[]') from unnest(${numbers}) with ordinality k(number, position)
    join pg_attribute a on a.attrelid = ${relation} and a.attnum = k.number)`

/** Constraints of tables. NOT NULL, a constraint of its own since PostgreSQL 18, is told by the column; so old and new servers agree. */
export const readConstraints = (database: Database): Promise<ConstraintShape[]> =>
  ask(
    database,
    `select n.nspname as schema, o.conname as name, c.relname as table, o.contype as kind,
      pg_get_constraintdef(o.oid) as definition, o.convalidated as validated, o.conparentid <> 0 as inherited,
      ${columnsOf('o.conrelid', 'o.conkey')} as columns,
      case when o.contype = 'f' then json_build_object('schema', rn.nspname, 'name', r.relname,
        'columns', ${columnsOf('o.confrelid', 'o.confkey')}) end as references
    from pg_constraint o join pg_class c on c.oid = o.conrelid join pg_namespace n on n.oid = c.relnamespace
    left join pg_class r on r.oid = o.confrelid left join pg_namespace rn on rn.oid = r.relnamespace
    where o.contype in ('p', 'u', 'f', 'c', 'x', 't') and ${userSchemas} and not ${ofExtension('pg_class', 'c.oid')}
    order by 1, 3, 2`,
  )

export const readIndexes = (database: Database): Promise<IndexShape[]> =>
  ask(
    database,
    `select n.nspname as schema, i.relname as name, t.relname as table, pg_get_indexdef(i.oid) as definition,
      x.indisvalid and x.indisready as valid, x.indisunique as unique, i.relkind = 'I' as partitioned, m.amname as method,
      exists (select from pg_constraint o where o.conindid = i.oid and o.conrelid = t.oid) as "ofConstraint"
    from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
    join pg_namespace n on n.oid = i.relnamespace join pg_am m on m.oid = i.relam
    where ${userSchemas} and not ${ofExtension('pg_class', 't.oid')}
    order by 1, 2`,
  )

/** Triggers, those that enforce foreign keys included: a restore that switched them off must have switched them on again. */
export const readTriggers = (database: Database, serverVersion: number): Promise<TriggerShape[]> =>
  ask(
    database,
    `select n.nspname as schema, g.tgname as name, c.relname as table,
      case when g.tgisinternal then '' else pg_get_triggerdef(g.oid) end as definition, g.tgenabled as enabled,
      g.tgisinternal as internal, ${serverVersion >= 130000 ? 'g.tgparentid <> 0' : 'false'} as inherited
    from pg_trigger g join pg_class c on c.oid = g.tgrelid join pg_namespace n on n.oid = c.relnamespace
    where ${userSchemas} and not ${ofExtension('pg_class', 'c.oid')} and (not g.tgisinternal or g.tgenabled = 'D')
    order by 1, 3, 2`,
  )
