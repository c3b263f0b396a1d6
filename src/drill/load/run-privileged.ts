import type { Database, Scratch } from '../engines/define.ts'
import { stop } from '../findings.ts'
import { quoteName } from '../identity/scratch-database.ts'
import { dangerous } from '../reading/sql/hostile.ts'
import { withoutComments } from './privileged.ts'

/**
 * Does as the superuser what only describes (`isHarmless`). The backup chooses the search path of its statement and may have functions and
 * operators of any name: nothing of ours is asked under that path. What the superuser made is given to the owner, for a SECURITY DEFINER
 * function of the superuser's would be a way up; a grant of functions that reach files of the server is taken back at once. False where it was.
 */
export async function runPrivileged(
  admin: Database,
  sql: string,
  { ownerName, sessions }: Pick<Scratch, 'ownerName' | 'sessions'>,
): Promise<boolean> {
  const bare = withoutComments(sql)
  // `query` takes one statement and no more, however the server reads the text. An engine of one session may be in a transaction of the
  // backup's, and has nothing outside that could be reached.
  if (sessions === 1) {
    await admin.query(sql)
    await hand(admin, bare, ownerName)
    return true
  }
  await admin.exec('begin')
  try {
    await admin.query(sql)
    await admin.exec('set local search_path = pg_catalog')
    const isOpening = await opensServer(admin, bare)
    if (!isOpening) await hand(admin, bare, ownerName)
    await admin.exec(isOpening ? 'rollback' : 'commit')
    return !isOpening
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
 * Whether this transaction gave away what leads out of the database, which nobody who restores needs. Throws HOSTILE_DUMP where it changed
 * PostgreSQL itself: whatever the superuser asks from then on could be answered by the backup.
 */
async function opensServer(admin: Database, sql: string): Promise<boolean> {
  if (/^create\s+extension\s/i.test(sql)) return false
  const isGrant = /^(?:grant|revoke)\s/i.test(sql)
  const changed = await admin.query(`
    select proname as name, (oid < 16384)::text as own from pg_proc
      where age(xmin) = 0 and (oid < 16384 or pronamespace = 11 ${isGrant ? 'or oid in (select objid from pg_depend where classid = 1255 and deptype = $$e$$)' : ''})
    union all select nspname, 'true' from pg_namespace where age(xmin) = 0 and oid < 16384 and nspname <> 'public'
    union all select oprname, 'true' from pg_operator where age(xmin) = 0 and oid < 16384
    union all select fdwname, 'true' from pg_foreign_data_wrapper where age(xmin) = 0`)
  if (isGrant) return changed.some(({ name, own }) => own === 'true' || dangerous.test(name ?? ''))
  const object = changed[0]?.name
  if (object === undefined) return false
  throw stop('HOSTILE_DUMP', 'restore', `a statement of the backup would change ${object} of PostgreSQL itself`, {
    object: object ?? undefined,
  })
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
