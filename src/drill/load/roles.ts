import { type Database, DatabaseError, type Scratch } from '../engines/define.ts'
import { quoteName } from '../identity/scratch-database.ts'

export interface PreparedRoles {
  /** Made by us: theirs is to be removed again where the cluster is not ours. */
  made: string[]
  /** There before, and above the owner of a scratch database: nothing is given to them. */
  above: Set<string>
}

/**
 * Makes the roles that a backup needs, without login or password, and the owner of the scratch database a member of each, so that he can
 * give them what he restores. A role that is there and may do more than an ordinary one is left alone: whoever is a member of it could
 * become it. `remember` is told of a role before it is made.
 */
export async function prepareRoles(
  admin: Database,
  { ownerName: owner, database }: Pick<Scratch, 'ownerName' | 'database'>,
  roles: readonly string[],
  remember: (role: string) => Promise<void>,
): Promise<PreparedRoles> {
  const rows = await admin.query(
    `select rolname as name, rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls or oid < 16384 as above
     from pg_catalog.pg_roles where rolname <> $1`,
    [owner],
  )
  const present = new Map(rows.map((row) => [row.name ?? '', row.above === 't']))
  const made: string[] = []
  for (const role of roles) {
    if (present.get(role)) continue
    if (!present.has(role)) {
      await remember(role)
      if (await create(admin, role)) made.push(role)
    }
    // The drill that made it may have ended since we looked; from the grant on the database on it cannot be removed.
    await admin.exec(`grant ${quoteName(role)} to ${quoteName(owner)}`).catch(async (error: unknown) => {
      if (!(error instanceof DatabaseError) || error.fields.code !== '42704') throw error
      await remember(role)
      if (await create(admin, role)) made.push(role)
      await admin.exec(`grant ${quoteName(role)} to ${quoteName(owner)}`)
    })
    // A dump that becomes each owner before it makes his schema needs this; nothing of it is compared.
    await admin.exec(`grant create on database ${quoteName(database)} to ${quoteName(role)}`)
  }
  return { made, above: new Set([...present].filter(([, isAbove]) => isAbove).map(([name]) => name)) }
}

/** Extensions of the backup that this engine does not have. */
export async function missingExtensions(admin: Database, extensions: readonly string[]): Promise<string[]> {
  const rows = await admin.query('select name from pg_catalog.pg_available_extensions')
  const available = new Set(rows.map((row) => row.name))
  return extensions.filter((name) => !available.has(name))
}

/** False when another drill on the same server has made it since we looked. */
async function create(admin: Database, role: string): Promise<boolean> {
  try {
    await admin.exec(`create role ${quoteName(role)} nologin`)
    return true
  } catch (error) {
    const isThere = error instanceof DatabaseError && /^(?:42710|23505)$/.test(error.fields.code ?? '')
    if (isThere) return false
    throw error
  }
}
