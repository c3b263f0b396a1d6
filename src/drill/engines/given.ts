import { Client } from '../../kernel/postgres-client.ts'
import { answers } from '../cluster/own-cluster.ts'
import { stop } from '../findings.ts'
import { declaredMarker, readIdentity, scratchNames } from '../identity/identity.ts'
import { createScratchDatabase, dropScratchDatabase, ownPath, quoteName } from '../identity/scratch-database.ts'
import { type OpenSettings, openAnother, openDatabase } from '../wire/open-database.ts'
import {
  type Availability,
  type Database,
  DatabaseError,
  defineEngine,
  type EngineContext,
  type Scratch,
} from './define.ts'

/**
 * A server that somebody names for drills. The database of the URL must be declared as scratch and empty; what is restored goes into a
 * database of the drill's own beside it, which is dropped at the end.
 */
export const givenEngine = defineEngine({
  name: 'given',
  summary: 'a scratch server of yours: --target-url postgres://…',
  restores: 'postgres',
  async availability({ targetUrl }): Promise<Availability> {
    if (!targetUrl) return { here: false, reason: 'no --target-url was given' }
    // Asked when it is started: nothing is contacted for a mere question.
    return { here: true, version: 'unknown', major: 0 }
  },
  async start(context): Promise<Scratch> {
    const { targetUrl } = context
    if (!targetUrl) throw stop('ENGINE_UNAVAILABLE', 'provision', 'no --target-url was given')
    const login = settingsOf(targetUrl, context)
    const admin = await openDatabase(login).catch((error: Error) => {
      throw stop(
        'ENGINE_UNAVAILABLE',
        'provision',
        `the scratch server cannot be reached: ${error.message}`,
        {},
        { cause: error },
      )
    })
    try {
      const { server, version } = await judge(admin)
      const major = Number.parseInt(version, 10)
      const made: string[] = []
      const scratch = await createScratchDatabase(admin, server, major, context).catch(async (error: unknown) => {
        await dropScratchDatabase(admin, context.drillId, scratchNames(context.drillId).name).catch(() => {})
        await admin.exec(`drop role if exists ${quoteName(scratchNames(context.drillId).owner)}`).catch(() => {})
        throw error
      })
      return {
        kind: 'given',
        version,
        major,
        database: scratch.name,
        ownerName: scratch.owner,
        lacksLocale: scratch.lacksLocale,
        sessions: 4,
        superuser: () => openAnother({ ...login, database: scratch.name, options: ownPath }),
        owner: () => openAnother({ ...login, database: scratch.name, user: scratch.owner, password: scratch.password }),
        async remember(role) {
          await context.leave({ kind: 'role', server, name: role })
          made.push(role)
        },
        canary: () => answers(admin),
        async stop() {
          // Not on the drill's signal: what was made is removed after Ctrl-C as well.
          const last = await openAnother({ ...login, signal: new AbortController().signal })
          try {
            await dropScratchDatabase(last, context.drillId, scratch.name)
            for (const role of [...made, scratch.owner]) if (!(await dropRole(last, role))) context.soil?.()
          } finally {
            await last.close()
            await admin.close()
          }
        },
      }
    } catch (error) {
      await admin.close()
      throw error
    }
  },
})

/** False while another drill on the server uses the role: whoever drills there next removes it. */
async function dropRole(admin: Database, role: string): Promise<boolean> {
  try {
    await admin.exec(`drop role if exists ${quoteName(role)}`)
    return true
  } catch (error) {
    if (error instanceof DatabaseError && error.fields.code === '2BP01') return false
    throw error
  }
}

/** How a given server is reached; parts that the URL leaves out come from PG… variables, as everywhere else. */
export function settingsOf(
  url: string,
  { statementTimeoutMs, signal }: Pick<EngineContext, 'statementTimeoutMs' | 'signal'>,
): OpenSettings {
  const { host, port, user, password, database, ssl } = new Client({ connectionString: url })
  return {
    host,
    port,
    user: user ?? '',
    password: password ?? '',
    database: database ?? user ?? '',
    ssl,
    timeoutMs: statementTimeoutMs,
    signal,
  }
}

/** System identifier and version of a server on which a drill may make a database; throws what it refuses for. */
async function judge(admin: Database): Promise<{ server: string; version: string }> {
  const identity = await readIdentity(admin)
  const { databaseName: object } = identity
  if (!declaredMarker.test(identity.comment)) {
    throw stop(
      'NOT_SCRATCH',
      'provision',
      `database ${object} is not declared as scratch: COMMENT ON DATABASE ${quoteName(object)} IS 'gatekit:scratch'`,
      { object },
    )
  }
  const [row] = await admin.query(`
    select count(*)::text as tables, current_setting('server_version') as version from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'm') and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'`)
  if (row?.tables !== '0')
    throw stop('TARGET_NOT_EMPTY', 'provision', `database ${object} holds ${row?.tables} tables`, { object })
  return { server: identity.systemIdentifier, version: /^\d+(?:\.\d+)?/.exec(row?.version ?? '')?.[0] ?? '' }
}
