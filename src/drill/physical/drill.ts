import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { installationOf } from '../engines/local.ts'
import { finding, stop } from '../findings.ts'
import type { DrillState } from '../flow.ts'
import type { Lease } from '../lease/lease.ts'
import { checkSpace } from '../preflight.ts'
import { proveDatabase } from '../prove-database.ts'
import { prepareScratchDir } from '../provision.ts'
import type { BackupReading } from '../reading/define.ts'
import { isArchive } from './copy.ts'
import { readAll } from './read-all.ts'
import { startPhysical, versionOf } from './start.ts'
import { verifyManifest } from './verify.ts'

/** Drills a base backup: checked against its manifest, recovered in scratch by the programs of its own major, its databases proved. */
export async function drillPhysical(state: DrillState, lease: Lease, reading: BackupReading): Promise<void> {
  const { options, phases, findings, evidence, drillId } = state
  const { path } = reading
  const engine = await phases.run('preflight', async (note) => {
    const major = reading.header.serverMajor ?? (await versionOf(path))
    const found = installationOf(major, options.env)
    if (!found || (major !== undefined && found.major !== major)) {
      const message = `a base backup of PostgreSQL ${major ?? '?'} needs the programs of that version`
      throw stop('ENGINE_UNAVAILABLE', 'preflight', message, { object: `PostgreSQL ${major ?? ''}`.trim() })
    }
    // It is copied as it is: no index has to be built.
    await checkSpace(lease.folder, { plainBytes: reading.plainBytes / 2 })
    if (!(await isArchive(path)))
      findings.push(...(await verifyManifest(path, { ...found, env: options.env, signal: options.signal })))
    note(`local ${found.version}: a base backup needs its own major`)
    return found
  })
  if (findings.some(({ exit }) => exit !== 0)) return
  const { wal } = options.recovery
  const before = await listing(wal)
  const context = await prepareScratchDir({ drillId, options, lease, reading })
  const scratch = await phases.run('provision', async () => {
    try {
      const started = await startPhysical(path, engine, options.recovery, context)
      findings.push(...started.findings)
      return started
    } catch (error) {
      await rm(context.scratchDir, { recursive: true, force: true })
      throw error
    }
  })
  evidence.engine = {
    kind: 'physical',
    version: scratch.version,
    sameMajor: true,
    proof: 'same-version',
    chosen: `local ${scratch.version}: a base backup needs its own major`,
  }
  try {
    await phases.run('restore', async (note) => {
      note(`recovered, ${scratch.databases.length} databases`)
    })
    for (const database of scratch.databases) {
      if (options.database !== undefined && database !== options.database) continue
      if (options.database === undefined && database === 'postgres' && scratch.databases.length > 1) continue
      const one = await scratch.on(database)
      const read = await phases.run('prove', () => readAll(one))
      evidence.tables.push(...read.tables)
      evidence.rows += read.tables.reduce((sum, { rows }) => sum + rows, 0)
      findings.push(...read.findings)
      await proveDatabase(state, one, { ...reading, tables: [] }, {})
    }
  } finally {
    await phases.run('cleanup', () => scratch.stop())
  }
  if ((await listing(wal)) !== before) {
    const message = 'the WAL archive changed while the drill ran; the drill itself only reads it'
    findings.push(finding('UNSUPPORTED', 'cleanup', message, { object: wal, exit: 0 }))
  }
}

async function listing(folder: string | undefined): Promise<string> {
  if (folder === undefined) return ''
  const names = await readdir(folder).catch(() => [])
  const sizes = await Promise.all(names.sort().map(async (name) => `${name} ${(await stat(join(folder, name))).size}`))
  return sizes.join('\n')
}
