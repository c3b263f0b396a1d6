import type { Database } from '../../engines/define.ts'
import type { GrantShape } from '../inventory.ts'
import { ask, ofExtension, userSchemas } from './ask.ts'

/** Privileges of everybody but the owner; those that PUBLIC has from the beginning are no grants. */
const granted = (acl: string, owner: string): string =>
  `select case x.grantee when 0 then 'PUBLIC' else pg_get_userbyid(x.grantee) end as grantee, x.privilege_type as privilege
    from aclexplode(${acl}) x where x.grantee <> ${owner}`

/** Who may do what with tables, views, sequences, columns, schemas and routines. */
export const readGrants = (database: Database): Promise<GrantShape[]> =>
  ask(
    database,
    `select case c.relkind when 'S' then 'sequence' else 'table' end || ' ' || n.nspname || '.' || c.relname as object, g.grantee, g.privilege
    from pg_class c join pg_namespace n on n.oid = c.relnamespace, lateral (${granted('c.relacl', 'c.relowner')}) g
    where c.relacl is not null and c.relkind in ('r', 'p', 'f', 'v', 'm', 'S') and ${userSchemas} and not ${ofExtension('pg_class', 'c.oid')}
    union
    select 'column ' || n.nspname || '.' || c.relname || '.' || a.attname, g.grantee, g.privilege
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace,
      lateral (${granted('a.attacl', 'c.relowner')}) g
    where a.attacl is not null and not a.attisdropped and ${userSchemas} and not ${ofExtension('pg_class', 'c.oid')}
    union
    select 'schema ' || n.nspname, g.grantee, g.privilege
    from pg_namespace n, lateral (${granted('n.nspacl', 'n.nspowner')}) g
    where n.nspacl is not null and n.nspname <> 'public' and ${userSchemas}
    union
    select 'function ' || n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', g.grantee, g.privilege
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace, lateral (${granted('p.proacl', 'p.proowner')}) g
    where p.proacl is not null and ${userSchemas} and not ${ofExtension('pg_proc', 'p.oid')}
    order by 1, 2, 3`,
  )
