import { settingsOf } from '../engines/given.ts'
import { readIdentity } from '../identity/identity.ts'
import { dropScratchDatabase, quoteName } from '../identity/scratch-database.ts'
import type { Reach } from '../identity/source.ts'
import { openDatabase } from '../wire/open-database.ts'
import type { RemoteSweep } from './sweep.ts'

/** Removes what a dead drill left on the given server: its database, if it still carries the marker of that drill, and its roles. */
export function sweepServer(url: string, reach: Reach): RemoteSweep {
  return async (trace, drillId) => {
    const session = await openDatabase(settingsOf(url, reach)).catch(() => undefined)
    if (!session) return false
    try {
      const { systemIdentifier } = await readIdentity(session)
      if (systemIdentifier !== trace.server) return false
      if (trace.kind === 'database') return await dropScratchDatabase(session, drillId, trace.name)
      await session.exec(`drop role if exists ${quoteName(trace.name)}`)
      return true
    } catch {
      return false
    } finally {
      await session.close()
    }
  }
}
