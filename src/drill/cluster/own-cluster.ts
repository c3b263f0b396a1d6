import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database, EngineContext, Host, Scratch } from '../engines/define.ts'
import { stop } from '../findings.ts'
import { createScratchDatabase, dropScratchDatabase, ownPath, quoteName } from '../identity/scratch-database.ts'
import { serverAccount } from './account.ts'
import { initCluster, superuserName } from './initdb.ts'
import { type Server, startServer } from './server.ts'

export interface Programs {
  kind: string
  binDir: string
  version: string
  major: number
}

/** A cluster of the drill's own from the programs in `binDir`, with its scratch database: what the engines `local` and `embedded` start. */
export async function startOwnCluster(programs: Programs, context: EngineContext): Promise<Scratch> {
  const cluster = await startCluster(programs, context)
  try {
    return { ...(await cluster.scratch(context)), stop: cluster.stop }
  } catch (error) {
    await cluster.stop()
    throw error
  }
}

/** A cluster that can hold the scratch databases of several drills; the roles that they need stay in it. */
export async function startCluster(programs: Programs, context: EngineContext): Promise<Host> {
  const { kind, binDir, version } = programs
  const dataDir = join(context.scratchDir, 'data')
  const account = serverAccount()
  const password = randomBytes(24).toString('hex')
  const login = { user: superuserName, password, database: 'postgres' }
  const removeData = () => rm(dataDir, { recursive: true, force: true })
  try {
    await initCluster({ binDir, dataDir, account, password }, context)
    const server = await startServer({ binDir, dataDir, account, login, startTimeoutMs: 30_000 }, context)
    return {
      kind,
      version,
      scratch: (of) => scratchOn(server, login, programs, of),
      async stop() {
        await server.stop()
        await removeData()
      },
    }
  } catch (error) {
    await removeData()
    throw error
  }
}

async function scratchOn(
  { connect, isRunning }: Server,
  login: Parameters<Server['connect']>[0],
  { kind, version, major }: Programs,
  context: EngineContext,
): Promise<Scratch> {
  const admin = await connect(login, context)
  const scratch = await createScratchDatabase(admin, 'own', major, { ...context, leave: async () => {} }).finally(() =>
    admin.close(),
  )
  return {
    kind,
    version,
    major,
    database: scratch.name,
    ownerName: scratch.owner,
    lacksLocale: scratch.lacksLocale,
    sessions: 4,
    superuser: () => connect({ ...login, database: scratch.name, options: ownPath }, context),
    owner: () => connect({ user: scratch.owner, password: scratch.password, database: scratch.name }, context),
    async canary() {
      if (!isRunning()) throw stop('ENGINE_DIED', 'restore', 'the scratch server ended in the middle of the drill')
      await askCanary(() => connect(login, context))
    },
    async stop() {
      if (!isRunning()) return
      const last = await connect(login)
      await dropScratchDatabase(last, context.drillId, scratch.name)
      await last.exec(`drop role if exists ${quoteName(scratch.owner)}`).catch(() => {})
      await last.close()
    },
  }
}

/** Asks the canary's question in a session of its own. */
export async function askCanary(open: () => Promise<Database>): Promise<void> {
  const session = await open()
  try {
    await answers(session)
  } finally {
    await session.close()
  }
}

/** A question with a known answer: an engine that answers wrong, or nothing, proves nothing. */
export async function answers(session: Database): Promise<void> {
  const [row] = await session.query('select 41 + 1 as answer')
  if (row?.answer !== '42') throw stop('ENGINE_DIED', 'restore', 'the engine no longer answers: 41 + 1 was not 42')
}
