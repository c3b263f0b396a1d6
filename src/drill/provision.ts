import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { EngineContext, EngineDefinition, Scratch } from './engines/define.ts'
import type { Lease } from './lease/lease.ts'
import type { DrillOptions } from './options.ts'
import type { Phases } from './phases.ts'
import type { BackupReading } from './reading/define.ts'

export interface Job {
  drillId: string
  options: DrillOptions
  phases: Phases
  lease: Lease
  reading: BackupReading
  /** Of a pg_dumpall file: the database that is restored. */
  database?: string | undefined
}

/** What a server is made ready by: of the backup, no more than its head tells. */
export type Place = Pick<Job, 'drillId' | 'options' | 'lease'> & {
  reading: Pick<BackupReading, 'header' | 'extensions'>
}

/** An empty folder of this drill's own, which the lease knows before it exists, and what an engine may know. */
export async function prepareScratchDir({ drillId, options, lease, reading }: Place): Promise<EngineContext> {
  const scratchDir = join(lease.folder, drillId)
  await lease.leave({ kind: 'folder', path: scratchDir })
  await mkdir(scratchDir, { mode: 0o711 })
  return {
    drillId,
    scratchDir,
    leave: (...traces) => lease.leave(...traces),
    soil: () => lease.soil(),
    rootDir: options.rootDir,
    env: options.env,
    targetUrl: options.targetUrl,
    major: reading.header.serverMajor,
    extensions: reading.extensions,
    statementTimeoutMs: options.statementTimeoutMs,
    signal: options.signal,
    encoding: reading.header.encoding,
    locale: reading.header.locale,
  }
}

/** Starts the engine; stopping it removes its folder as well. */
export async function provision(job: Place, engine: EngineDefinition): Promise<Scratch> {
  const context = await prepareScratchDir(job)
  const removeFolder = () => rm(context.scratchDir, { recursive: true, force: true })
  try {
    const scratch = await engine.start(context)
    return {
      ...scratch,
      async stop() {
        try {
          await scratch.stop()
        } catch (error) {
          job.lease.soil()
          throw error
        } finally {
          await removeFolder()
        }
      },
    }
  } catch (error) {
    await removeFolder()
    if (engine.name === 'given') job.lease.soil()
    throw error
  }
}
