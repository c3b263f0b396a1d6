import { createHash } from 'node:crypto'
import type { Database } from '../../engines/define.ts'
import type { NamedObject, RoutineShape, TypeShape } from '../inventory.ts'
import { ask, ofExtension, userSchemas } from './ask.ts'

export async function readRoutines(database: Database, serverVersion: number): Promise<RoutineShape[]> {
  const kind =
    serverVersion >= 110000
      ? "case p.prokind when 'f' then 'function' when 'p' then 'procedure' when 'a' then 'aggregate' else 'window' end"
      : "case when p.proisagg then 'aggregate' when p.proiswindow then 'window' else 'function' end"
  const found = await ask<RoutineShape>(
    database,
    `select n.nspname as schema, p.proname as name,
      p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as signature, ${kind} as kind,
      l.lanname as language, p.prosrc as body, p.prosecdef as "securityDefiner"
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
    where ${userSchemas} and not ${ofExtension('pg_proc', 'p.oid')}
      -- The constructors of a range type come with it.
      and not exists (select from pg_depend i where i.classid = 'pg_proc'::regclass and i.objid = p.oid and i.deptype = 'i')
    order by 1, 3`,
  )
  return found.map((each) => ({ ...each, body: createHash('sha256').update(each.body).digest('hex') }))
}

/** Types that somebody made; not those that come with each table, range or array. */
export const readTypes = (database: Database): Promise<TypeShape[]> =>
  ask(
    database,
    `select n.nspname as schema, t.typname as name,
      case t.typtype when 'e' then 'enum' when 'd' then 'domain' when 'c' then 'composite' when 'r' then 'range' else 'base' end as kind,
      case t.typtype
        when 'e' then (select json_agg(v.enumlabel order by v.enumsortorder) from pg_enum v where v.enumtypid = t.oid)
        when 'd' then json_build_array(format_type(t.typbasetype, t.typtypmod))
        when 'c' then (select json_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) order by a.attnum)
          from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped)
      end as parts
    from pg_type t join pg_namespace n on n.oid = t.typnamespace left join pg_class c on c.oid = t.typrelid
    where ${userSchemas} and not ${ofExtension('pg_type', 't.oid')}
      and t.typtype in ('e', 'd', 'c', 'r', 'b') and (t.typrelid = 0 or c.relkind = 'c')
      and not (t.typtype = 'b' and t.typelem <> 0 and t.typlen = -1)
    order by 1, 2`,
  ).then((found) => (found as TypeShape[]).map((each) => ({ ...each, parts: each.parts ?? [] })))

/** What else can be lost: policies, rules, event triggers, publications, collations, text search configurations, statistics. */
export const readOthers = (database: Database): Promise<NamedObject[]> =>
  ask(
    database,
    `select n.nspname as schema, p.polname as name, 'policy' as kind, c.relname as table,
      p.polcmd::text || ' ' || coalesce(pg_get_expr(p.polqual, p.polrelid), '') || ' / ' || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')
        as definition
    from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace where ${userSchemas}
    union all
    select n.nspname, r.rulename, 'rule', c.relname, pg_get_ruledef(r.oid)
    from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
    where r.rulename <> '_RETURN' and ${userSchemas} and not ${ofExtension('pg_class', 'c.oid')}
    union all
    select '', e.evtname, 'event trigger', null, e.evtevent::text from pg_event_trigger e
    where not ${ofExtension('pg_event_trigger', 'e.oid')}
    union all
    select '', p.pubname, 'publication', null, '' from pg_publication p
    union all
    select n.nspname, t.cfgname, 'text search configuration', null, '' from pg_ts_config t
    join pg_namespace n on n.oid = t.cfgnamespace where ${userSchemas} and not ${ofExtension('pg_ts_config', 't.oid')}
    union all
    select n.nspname, l.collname, 'collation', null, '' from pg_collation l
    join pg_namespace n on n.oid = l.collnamespace where ${userSchemas} and not ${ofExtension('pg_collation', 'l.oid')}
    union all
    select n.nspname, s.stxname, 'statistics', c.relname, '' from pg_statistic_ext s
    join pg_class c on c.oid = s.stxrelid join pg_namespace n on n.oid = s.stxnamespace where ${userSchemas}
    order by 3, 1, 2`,
  )
