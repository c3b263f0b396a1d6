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
    const reason = /^create\s+extension\s/i.test(bare) ? undefined : await opensServer(admin, bare)
    if (!reason && /^create\s/i.test(bare)) await closeRoutines(admin, ownerName)
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

/** Languages whose functions do as the server's own account whatever they like. */
const untrusted = "select oid from pg_catalog.pg_language where not lanpltrusted and lanname not in ('c', 'internal')"

/**
 * What this transaction opened that nobody needs who restores: functions that lead out of the database, of extensions and of untrusted
 * languages, and casts without a function between types that hold more than a number, with which any bytes can be read as the inside of a
 * type. Throws HOSTILE_DUMP where it changed PostgreSQL itself: whatever the superuser asks from then on could be answered by the backup.
 * How the text spells a thing does not count, only what became of it.
 */
async function opensServer(admin: Database, sql: string): Promise<TakenBack | undefined> {
  const isGrant = /^(?:grant|revoke)\s/i.test(sql)
  const isNew = /^create\s/i.test(sql)
  // A type of ranges comes with constructors and a cast of PostgreSQL's own; what stands for an aggregate is its own, too.
  const isType = /^create\s+type\s/i.test(sql)
  const changed = await admin.query(`
    with member as (select objid as oid from pg_depend where classid = 1255 and deptype = 'e')
    select proname as name, case when prolang in (${untrusted}) then 'untrusted' when oid in (table member) then 'extension' else 'own' end as kind
      from pg_proc where age(xmin) = 0 and (oid < 16384 or pronamespace = 11 or oid in (table member) or prolang in (${untrusted})
        or not ${isType} and prosrc <> 'aggregate_dummy' and prolang in (select oid from pg_language where lanname in ('c', 'internal')))
    union all select proname, case when prolang in (${untrusted}) then 'untrusted in use' else 'in use' end
      from pg_depend join pg_proc p on p.oid = refobjid and refclassid = 1255 where age(pg_depend.xmin) = 0 and classid <> 1255
    union all select nspname, 'own' from pg_namespace where age(xmin) = 0 and oid < 16384 and nspname <> 'public'
    union all select oprname, 'own' from pg_operator where age(xmin) = 0 and oid < 16384
    union all select fdwname, 'own' from pg_foreign_data_wrapper where age(xmin) = 0
    union all select '', 'cast' from pg_cast join pg_type s on s.oid = castsource join pg_type t on t.oid = casttarget
      where not ${isType} and age(pg_cast.xmin) = 0 and not (castmethod = 'i' or castmethod = 'b' and s.typbyval and t.typbyval)`)
  const of = (wanted: string) => changed.find(({ kind }) => kind === wanted)
  if (of('cast')) return 'cast'
  const own = of('own')
  // Comparisons of an index and parts of a type are called without a look at privileges.
  const isUsed = changed.some(({ kind, name }) => kind === 'in use' && dangerous.test(name ?? ''))
  if (isUsed || of('untrusted in use') || (of('untrusted') && !isNew)) return 'privilege'
  if (isGrant) return own || changed.some(({ name }) => dangerous.test(name ?? '')) ? 'privilege' : undefined
  if (!own) return of('extension') ? 'privilege' : undefined
  const object = own.name ?? undefined
  throw stop('HOSTILE_DUMP', 'restore', `a statement of the backup would change ${object} of PostgreSQL itself`, {
    object,
  })
}

/**
 * Takes from everybody what was just made that leads to other servers or files: functions of extensions, and all of untrusted languages,
 * whatever the backup has set as default privileges. Views and functions that use them can be restored, and are not to run.
 */
async function closeRoutines(admin: Database, ownerName: string): Promise<void> {
  const made = await admin.query(`
    select p.proname as name, p.oid::regprocedure::text as call, string_agg(distinct g.name, ', ') as grantees,
      (p.prolang in (${untrusted}))::text as untrusted
    from pg_proc p, lateral (select case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end
        from aclexplode(coalesce(proacl, acldefault('f', proowner))) where grantee <> proowner) g(name)
    where age(p.xmin) = 0 and (p.prolang in (${untrusted}) or exists (select from pg_depend where classid = 1255 and objid = p.oid and deptype = 'e'))
    group by p.oid, p.proname, p.prolang`)
  for (const { name, call, grantees, untrusted: isUntrusted } of made) {
    if (isUntrusted !== 'true' && !dangerous.test(name ?? '')) continue
    await admin.exec(`revoke all on routine ${call} from ${grantees}`)
    const may = 'select has_function_privilege($1, $2, $3)::text as may'
    const [left] = await admin.query(may, [ownerName, call ?? '', 'execute'])
    if (left?.may === 'false') continue
    const message = `this server lets everybody call ${name}(), which leads out of the database`
    throw stop('UNSUPPORTED', 'restore', message, { object: name ?? undefined })
  }
}

async function hand(admin: Database, sql: string, ownerName: string): Promise<void> {
  if (/^create\s+extension\s/i.test(sql)) return openExtensionTables(admin, ownerName)
  if (!/^create\s/i.test(sql)) return
  const made = await admin.query(`
    select p.oid::pg_catalog.regprocedure::text as name from pg_catalog.pg_proc p
    where p.oid >= 16384 and p.proowner = (select oid from pg_catalog.pg_roles where rolname = current_user)
      and p.prolang not in (${untrusted})
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
