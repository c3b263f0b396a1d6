import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database, EngineContext, Scratch } from '../engines/define.ts'
import { stop } from '../findings.ts'
import { createScratchDatabase } from '../identity/scratch-database.ts'
import { serverAccount } from './account.ts'
import { initCluster, superuserName } from './initdb.ts'
import { type Server, startServer } from './server.ts'

/** A cluster of the drill's own from the programs in `binDir`, with its scratch database: what the engines `local` and `embedded` start. */
export async function startOwnCluster(
  engine: { kind: string; binDir: string; version: string; major: number },
  context: EngineContext,
): Promise<Scratch> {
  const { kind, binDir, version, major } = engine
  const dataDir = join(context.scratchDir, 'data')
  const account = serverAccount()
  const password = randomBytes(24).toString('hex')
  const login = { user: superuserName, password, database: 'postgres' }
  const removeData = () => rm(dataDir, { recursive: true, force: true })
  let server: Server | undefined
  try {
    await initCluster({ binDir, dataDir, account, password }, context)
    server = await startServer({ binDir, dataDir, account, login, startTimeoutMs: 30_000 }, context)
    const admin = await server.connect(login)
    const scratch = await createScratchDatabase(admin, 'own', major, { ...context, leave: async () => {} })
    await admin.close()
    const { connect, isRunning } = server
    return {
      kind,
      version,
      major,
      database: scratch.name,
      ownerName: scratch.owner,
      sessions: 4,
      superuser: () => connect({ ...login, database: scratch.name }),
      owner: () => connect({ user: scratch.owner, password: scratch.password, database: scratch.name }),
      async canary() {
        if (!isRunning()) throw stop('ENGINE_DIED', 'restore', 'the scratch server ended in the middle of the drill')
        await askCanary(() => connect(login))
      },
      async stop() {
        await server?.stop()
        await removeData()
      },
    }
  } catch (error) {
    await server?.stop()
    await removeData()
    throw error
  }
}

/** A question with a known answer: an engine that answers wrong, or nothing, proves nothing. */
export async function askCanary(open: () => Promise<Database>): Promise<void> {
  const session = await open()
  try {
    const [row] = await session.query('select 41 + 1 as answer')
    if (row?.answer !== '42') throw stop('ENGINE_DIED', 'restore', 'the engine no longer answers: 41 + 1 was not 42')
  } finally {
    await session.close()
  }
}
