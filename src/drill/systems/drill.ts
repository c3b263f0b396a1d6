import { createWriteStream } from 'node:fs'
import { cp, mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { stop } from '../findings.ts'
import type { DrillState } from '../flow.ts'
import type { Lease } from '../lease/lease.ts'
import { checkSpace, megabytes } from '../preflight.ts'
import type { BackupReading } from '../reading/define.ts'
import { StoredFile } from '../reading/source/stored.ts'
import { unwrap } from '../reading/source/unwrap.ts'
import type { SystemDefinition } from './define.ts'

const systems: Record<SystemDefinition['name'], () => Promise<SystemDefinition>> = {
  sqlite: async () => (await import('./sqlite.ts')).sqliteSystem,
  redis: async () => (await import('./redis.ts')).redisSystem,
  mysql: async () => (await import('./mariadb.ts')).mariadbSystem,
}

/** Drills a backup of SQLite, Redis or MariaDB in a folder of the drill's own. */
export async function drillSystem(state: DrillState, lease: Lease, reading: BackupReading): Promise<void> {
  const { options, phases, drillId } = state
  const load = reading.engine === 'postgres' ? undefined : systems[reading.engine]
  if (!load) throw stop('UNSUPPORTED', 'preflight', `there is no engine for ${reading.engine} here`)
  const system = await load()
  await phases.run('preflight', async () => checkSpace(lease.folder, reading))
  const scratchDir = join(lease.folder, drillId)
  await lease.leave({ kind: 'folder', path: scratchDir })
  await mkdir(scratchDir, { mode: 0o711 })
  try {
    const backup = await phases.run('provision', async (note) => {
      const copy = await unpack(reading, join(scratchDir, 'backup'), options)
      note(`${system.name}, ${megabytes(reading.plainBytes || reading.bytes)} unpacked`)
      return copy
    })
    await system.drill({ state, lease, reading, scratchDir, backup })
  } finally {
    await phases.run('cleanup', () => rm(scratchDir, { recursive: true, force: true }))
  }
}

/** The backup itself is never opened by a database: a copy is. */
async function unpack(
  { path }: BackupReading,
  to: string,
  options: Parameters<typeof unwrap>[1] & { signal: AbortSignal },
): Promise<string> {
  if ((await stat(path)).isDirectory()) {
    await cp(path, to, { recursive: true, dereference: false, verbatimSymlinks: true })
    return to
  }
  const stored = await StoredFile.open(path, { signal: options.signal })
  const { bytes } = await unwrap(stored.bytes(), options)
  await pipeline(bytes, createWriteStream(to, { mode: 0o600, flags: 'wx' }))
  return to
}
