import { rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { copyTemplate, prepareTemplate } from '../../kernel/pglite-template.ts'
import { askCanary } from '../cluster/own-cluster.ts'
import { DrillStop, stop } from '../findings.ts'
import { scratchMarker, scratchNames } from '../identity/identity.ts'
import { quoteName, quoteText } from '../identity/scratch-database.ts'
import { startPglite } from '../pglite/process.ts'
import { shareSession } from '../pglite/shared-session.ts'
import { openDatabase } from '../wire/open-database.ts'
import { type Availability, defineEngine, type Scratch } from './define.ts'

const require = createRequire(import.meta.url)

/** PGlite: PostgreSQL as WebAssembly out of npm. Always here; has one session, one version, and the extensions that it comes with. */
export const pgliteEngine = defineEngine({
  name: 'pglite',
  summary: 'PostgreSQL in WebAssembly, comes with gatekit, needs nothing installed',
  restores: 'postgres',
  async availability({ extensions }): Promise<Availability> {
    const lacking = extensions.filter((name) => !bundled(name))
    if (lacking.length > 0) return { here: false, reason: `it has no extension ${lacking.join(', ')}`, lacks: lacking }
    const { version } = facts()
    return { here: true, version, major: Number.parseInt(version, 10) }
  },
  async start(context): Promise<Scratch> {
    const dataDir = join(context.scratchDir, 'data')
    await copyTemplate(dataDir)
    const extensions = context.extensions.filter((name) => name !== 'plpgsql' && bundled(name))
    const engine = await startPglite(dataDir, extensions)
    const end = async () => {
      await engine.stop()
      await rm(dataDir, { recursive: true, force: true })
    }
    try {
      await context.leave({ kind: 'process', pid: engine.pid, startedAt: new Date().toISOString() })
      const session = await openDatabase({
        stream: engine.stream,
        user: 'postgres',
        database: 'postgres',
        timeoutMs: context.statementTimeoutMs,
        connectMs: 120_000,
        signal: context.signal,
      }).catch(async (error: unknown) => {
        if (error instanceof DrillStop) throw error
        const template = await prepareTemplate()
        throw stop(
          'ENGINE_DIED',
          'provision',
          `PGlite does not start; if it never does, remove its template ${template}`,
        )
      })
      const { owner } = scratchNames(context.drillId)
      await session.exec(
        `create role ${quoteName(owner)} login nosuperuser; grant postgres, pg_read_server_files to ${quoteName(owner)};` +
          `alter database postgres owner to ${quoteName(owner)};` +
          `comment on database postgres is ${quoteText(scratchMarker(context.drillId))}`,
      )
      const [row] = await session.query(`select current_setting('server_version') as version`)
      const version = row?.version ?? ''
      const shared = shareSession(session, owner)
      return {
        kind: 'pglite',
        version,
        major: Number.parseInt(version, 10),
        database: 'postgres',
        ownerName: owner,
        sessions: 1,
        ...shared,
        async canary() {
          if (!engine.isRunning()) throw stop('ENGINE_DIED', 'restore', 'PGlite ended in the middle of the drill')
          await askCanary(shared.superuser)
        },
        stop: end,
      }
    } catch (error) {
      await end()
      throw error
    }
  },
})

/** Of the package, without starting it: `18.x` where the version of PostgreSQL is not written down. */
function facts(): { version: string } {
  return { version: '18' }
}

function bundled(extension: string): boolean {
  if (extension === 'plpgsql') return true
  try {
    require.resolve(`@electric-sql/pglite/contrib/${extension.replaceAll('-', '_')}`)
    return true
  } catch {
    return false
  }
}
