import type { Database, Scratch } from '../engines/define.ts'
import { stop } from '../findings.ts'
import { quoteName } from '../identity/scratch-database.ts'
import { dangerous } from '../reading/sql/hostile.ts'
import { withoutComments } from './privileged.ts'

/** Why a statement was taken back: it gives away what leads out of the database, or has bytes of one type read as those of another. */
export type TakenBack = 'privilege' | 'cast'

/**
 * Does as the superuser what only describes (`isHarmless`). The backup chooses the search path of its statement and may have functions and
 * operators of any name: nothing of ours is asked under that path. What the superuser made is given to the owner, for a SECURITY DEFINER
 * function of the superuser's would be a way up; what opens the server is taken back at once, and the reason told.
 */
export async function runPrivileged(
  admin: Database,
  sql: string,
  { ownerName, sessions }: Pick<Scratch, 'ownerName' | 'sessions'>,
): Promise<TakenBack | undefined> {
  const bare = withoutComments(sql)
  // `query` takes one statement and no more, however the server reads the text. An engine of one session may be in a transaction of the
  // backup's, and has nothing outside that could be reached.
  if (sessions === 1) {
    await admin.query(sql)
    await hand(admin, bare, ownerName)
    return undefined
  }
  await admin.exec('begin')
  try {
    await admin.query(sql)
    await admin.exec('set local search_path = pg_catalog')
    const isExtension = /^create\s+extension\s/i.test(bare)
    const reason = isExtension ? undefined : await opensServer(admin, bare)
    if (isExtension) await closeExtension(admin, ownerName)
    if (!reason) await hand(admin, bare, ownerName)
    await admin.exec(reason ? 'rollback' : 'commit')
    return reason
  } catch (error) {
    await admin.exec('rollback').catch(() => {})
    throw error
  }
}

/** Event triggers run for whoever changes the schema, the superuser too: such a one is never awake. */
export async function runEventTrigger(admin: Database, sql: string, isAlone: boolean): Promise<void> {
  const [, name] = /^create\s+event\s+trigger\s+("(?:[^"]|"")+"|\S+)\s/i.exec(withoutComments(sql)) ?? []
  if (!name) return
  if (!isAlone) await admin.exec('begin')
  try {
    await admin.query(sql)
    await admin.query(`alter event trigger ${name} disable`)
    if (!isAlone) await admin.exec('commit')
  } catch (error) {
    if (!isAlone) await admin.exec('rollback').catch(() => {})
    throw error
  }
}

/**
 * What this transaction opened that nobody needs who restores: functions of extensions that lead out of the database, and casts without a
 * function between types that hold more than a number, with which any bytes can be read as the inside of a type. Throws HOSTILE_DUMP where
 * it changed PostgreSQL itself: whatever the superuser asks from then on could be answered by the backup. How the text spells a thing does
 * not count, only what became of it.
 */
async function opensServer(admin: Database, sql: string): Promise<TakenBack | undefined> {
  const isGrant = /^(?:grant|revoke)\s/i.test(sql)
  const changed = await admin.query(`
    with member as (select objid as oid from pg_depend where classid = 1255 and deptype = 'e')
    select proname as name, case when oid < 16384 or oid not in (table member) then 'own' else 'extension' end as kind from pg_proc
      where age(xmin) = 0 and (oid < 16384 or pronamespace = 11 or oid in (table member)
        or prolang in (select oid from pg_language where lanname in ('c', 'internal')))
    union all select nspname, 'own' from pg_namespace where age(xmin) = 0 and oid < 16384 and nspname <> 'public'
    union all select oprname, 'own' from pg_operator where age(xmin) = 0 and oid < 16384
    union all select fdwname, 'own' from pg_foreign_data_wrapper where age(xmin) = 0
    union all select '', 'cast' from pg_cast join pg_type s on s.oid = castsource join pg_type t on t.oid = casttarget
      where age(pg_cast.xmin) = 0 and not (castmethod = 'i' or castmethod = 'b' and s.typbyval and t.typbyval)`)
  if (changed.some(({ kind }) => kind === 'cast')) return 'cast'
  const own = changed.find(({ kind }) => kind === 'own')
  if (isGrant) return own || changed.some(({ name }) => dangerous.test(name ?? '')) ? 'privilege' : undefined
  if (!own) return changed.length > 0 ? 'privilege' : undefined
  const object = own.name ?? undefined
  throw stop('HOSTILE_DUMP', 'restore', `a statement of the backup would change ${object} of PostgreSQL itself`, {
    object,
  })
}

/**
 * Takes from everybody the functions of a new extension that reach other servers or files, whatever the backup has set as default privileges:
 * views and functions that use them can be restored, and are not to run.
 */
async function closeExtension(admin: Database, ownerName: string): Promise<void> {
  const made = await admin.query(`
    select p.proname as name, p.oid::regprocedure::text as call, string_agg(distinct g.name, ', ') as grantees
    from pg_proc p join pg_depend d on d.classid = 1255 and d.objid = p.oid and d.deptype = 'e',
      lateral (select case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end
        from aclexplode(coalesce(proacl, acldefault('f', proowner))) where grantee <> proowner) g(name)
    where age(p.xmin) = 0 group by p.oid, p.proname`)
  for (const { name, call, grantees } of made) {
    if (!dangerous.test(name ?? '')) continue
    await admin.exec(`revoke all on routine ${call} from ${grantees}`)
    const [left] = await admin.query('select has_function_privilege($1, $2, $3)::text as may', [
      ownerName,
      call ?? '',
      'execute',
    ])
    if (left?.may !== 'false')
      throw stop('UNSUPPORTED', 'restore', `this server lets everybody call ${name}(), which leads to other servers`, {
        object: name ?? undefined,
      })
  }
}

async function hand(admin: Database, sql: string, ownerName: string): Promise<void> {
  if (/^create\s+extension\s/i.test(sql)) return openExtensionTables(admin, ownerName)
  if (!/^create\s/i.test(sql)) return
  const made = await admin.query(`
    select p.oid::pg_catalog.regprocedure::text as name from pg_catalog.pg_proc p
    where p.oid >= 16384 and p.proowner = (select oid from pg_catalog.pg_roles where rolname = current_user)
      and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
                      and d.objid = p.oid and d.deptype = 'e')`)
  for (const { name } of made) await admin.exec(`alter routine ${name} owner to ${quoteName(ownerName)}`)
}

/** Extensions may have tables whose rows are part of a backup; they belong to the superuser. */
async function openExtensionTables(admin: Database, ownerName: string): Promise<void> {
  const tables = await admin.query(`
    select distinct c.oid::pg_catalog.regclass::text as name from pg_catalog.pg_extension e
    cross join lateral unnest(e.extconfig) as t(oid) join pg_catalog.pg_class c on c.oid = t.oid and c.relkind in ('r', 'p')`)
  for (const { name } of tables) await admin.exec(`grant select, insert on ${name} to ${quoteName(ownerName)}`)
}
