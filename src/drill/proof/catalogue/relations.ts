import { createHash } from 'node:crypto'
import type { Database } from '../../engines/define.ts'
import type { RelationShape } from '../inventory.ts'
import { ask, ofExtension, userSchemas } from './ask.ts'

/** Element type of an array, base type of a domain; two steps reach an array of a domain and a domain over an array. */
const baseType = `(
  with recursive step(oid, depth) as (
    select a.atttypid, 0
    union all
    select case when t.typtype = 'd' then t.typbasetype else t.typelem end, depth + 1
    from step join pg_type t on t.oid = step.oid
    where depth < 8 and (t.typtype = 'd' or (t.typcategory = 'A' and t.typelem <> 0))
  )
  select b.typname from step join pg_type b on b.oid = step.oid order by depth desc limit 1)`

/** Tables, views and materialised views with their columns. */
export async function readRelations(database: Database, serverVersion: number): Promise<RelationShape[]> {
  const generated = serverVersion >= 120000 ? 'a.attgenerated' : "''"
  const found = await ask<RelationShape>(
    database,
    `select n.nspname as schema, c.relname as name,
      case c.relkind when 'r' then 'table' when 'p' then 'partitioned' when 'f' then 'foreign' when 'v' then 'view'
        else 'matview' end as kind,
      pg_get_userbyid(c.relowner) as owner,
      c.relpersistence = 'u' as unlogged,
      c.relrowsecurity as "rowSecurity",
      c.relispopulated as populated,
      case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end as definition,
      c.relispartition as "isPartition",
      ${ofExtension('pg_class', 'c.oid')} as "ofExtension",
      (select coalesce(json_agg(pn.nspname || '.' || pc.relname order by i.inhseqno), '[]')
        from pg_inherits i join pg_class pc on pc.oid = i.inhparent join pg_namespace pn on pn.oid = pc.relnamespace
        where i.inhrelid = c.oid) as parents,
      (select coalesce(json_agg(json_build_object(
          'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'baseType', ${baseType}, 'notNull', a.attnotnull,
          'expression', pg_get_expr(d.adbin, d.adrelid), 'generated', ${generated}, 'identity', a.attidentity
        ) order by a.attnum), '[]')
        from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'f', 'v', 'm') and c.relpersistence <> 't' and ${userSchemas}
    order by 1, 2`,
  )
  return found.map((each) => ({ ...each, definition: each.definition === null ? null : sha256(each.definition) }))
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
