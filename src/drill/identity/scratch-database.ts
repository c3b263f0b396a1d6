import { randomBytes } from 'node:crypto'
import { type Database, DatabaseError, type EngineContext } from '../engines/define.ts'
import { stop } from '../findings.ts'
import { readIdentity, scratchMarker, scratchNames } from './identity.ts'

export interface ScratchDatabase {
  name: string
  owner: string
  password: string
  /** The locale that the backup asks for, where the server has not got it. */
  lacksLocale: string | undefined
}

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`

/**
 * Of every session that the superuser opens on a restored database: what he asks for is PostgreSQL's own, whatever the backup has set for its
 * database and whatever functions and operators it brought along. A setting of the session outweighs one of the database.
 */
export const ownPath = '-c search_path=pg_catalog'

/**
 * Makes the database of this drill and its owner, who may do nothing but own it; `server` is how the traces name the server. The database
 * carries our marker from before anything is restored into it.
 */
export async function createScratchDatabase(
  admin: Database,
  server: string,
  major: number,
  context: EngineContext,
): Promise<ScratchDatabase> {
  const { name, owner } = scratchNames(context.drillId)
  const password = randomBytes(24).toString('hex')
  await context.leave({ kind: 'role', server, name: owner }, { kind: 'database', server, name })
  await admin.exec(
    `create role ${quoteName(owner)} login nosuperuser nocreatedb nocreaterole noreplication password ${quoteText(password)}`,
  )
  // A superuser needs no membership; anybody else may only give a database to a role that he is a member of.
  await admin.exec(`grant ${quoteName(owner)} to current_user`).catch(() => {})
  const lacksLocale = await create(admin, name, owner, major, context)
  await admin.exec(`comment on database ${quoteName(name)} is ${quoteText(scratchMarker(context.drillId))}`)
  // Nothing here has to survive a crash, nobody queries it for long, and to compile a plan costs many times its running. Indexes are built
  // beside each other, in several sessions: workers that share one of them would only take their cores away.
  const settings = ['synchronous_commit = off', 'default_statistics_target = 10']
  if (major >= 11) settings.push('jit = off', 'max_parallel_maintenance_workers = 0')
  await admin.exec(settings.map((each) => `alter database ${quoteName(name)} set ${each}`).join('; '))
  return { name, owner, password, lacksLocale }
}

/** Makes the database in the first locale that the server takes; returns that of the backup where the server does not know it. */
async function create(
  admin: Database,
  name: string,
  owner: string,
  major: number,
  { encoding, locale }: EngineContext,
): Promise<string | undefined> {
  const isAscii = encoding === 'SQL_ASCII'
  const head = `create database ${quoteName(name)} owner ${quoteName(owner)} template template0 encoding ${quoteText(isAscii ? 'SQL_ASCII' : 'UTF8')}`
  const withLocale = (each: string) => `${head} lc_collate ${quoteText(each)} lc_ctype ${quoteText(each)}`
  const builtin = `${head} locale_provider builtin builtin_locale 'C.UTF-8' locale 'C'`
  // A locale that the backup asks for comes first, then one that knows letters beyond ASCII: `\w` in a constraint must match them.
  const attempts = isAscii
    ? [withLocale('C')]
    : [
        ...(locale ? [withLocale(locale)] : []),
        ...(major >= 17 ? [builtin] : []),
        ...['C.UTF-8', 'C.utf8', 'en_US.UTF-8', 'C'].map(withLocale),
      ]
  let lacksLocale: string | undefined
  for (const [at, statement] of attempts.entries()) {
    try {
      await admin.exec(statement)
      return lacksLocale
    } catch (error) {
      const isLocale = error instanceof DatabaseError && /locale|encoding/i.test(error.message)
      if (!isLocale || at === attempts.length - 1) throw error
      if (at === 0 && /invalid (?:\w+ )?locale name/.test(error.message)) lacksLocale = locale
    }
  }
  return undefined
}

/** Throws NOT_SCRATCH unless this session is on the database that this drill made: asked before every destructive statement. */
export async function assertScratch(database: Database, drillId: string, stage: string): Promise<void> {
  const { comment, databaseName } = await readIdentity(database)
  if (comment === scratchMarker(drillId)) return
  throw stop('NOT_SCRATCH', stage, `database ${databaseName} does not carry the marker of this drill`, {
    object: databaseName,
  })
}

/** Drops the database of a drill, and its owner, if it still carries the marker; false when it is there without. */
export async function dropScratchDatabase(admin: Database, drillId: string, database: string): Promise<boolean> {
  const [found] = await admin.query(
    `select coalesce(pg_catalog.shobj_description(oid, 'pg_database'), '') as comment from pg_catalog.pg_database where datname = $1`,
    [database],
  )
  if (found && found.comment !== scratchMarker(drillId)) return false
  if (found) await admin.exec(`drop database ${quoteName(database)} with (force)`)
  return true
}
