import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { chooseEngine } from '../choose.ts'
import type { EngineContext, EngineDefinition } from '../engines/define.ts'
import { type Lease, takeLease } from '../lease/lease.ts'
import { stateFolder } from '../lease/state-folder.ts'
import type { DrillOptions } from '../options.ts'
import type { BackupReading } from '../reading/define.ts'

/** Where bad copies are made, and the server on which they are restored. */
export interface Workshop {
  /** A folder of our own; a later drill sweeps it when this process is killed. */
  dir: string
  /** What each drill restores into: one running server where the engine can be shared, else whatever the user's drill takes. */
  engine: string | EngineDefinition
  /** How many drills may run beside each other. */
  lanes: number
  close(): Promise<void>
}

/** Opens a workshop for drills of copies of this backup; the engine is the one that a drill of the backup itself would choose. */
export async function openWorkshop(options: DrillOptions, reading: BackupReading): Promise<Workshop> {
  const dir = await mkdtemp(join(await stateFolder(), 'selftest-'))
  // The server may run as another account, which has to pass through.
  await chmod(dir, 0o711)
  const lease = await takeLease(dir, 'selftest', options.clock.now())
  await lease.leave({ kind: 'folder', path: dir })
  const close = async () => {
    await rm(dir, { recursive: true, force: true })
    await lease.forget()
  }
  try {
    const alone: Workshop = { dir, engine: options.engine, lanes: 1, close }
    if (reading.engine !== 'postgres' || reading.format === 'base' || typeof options.engine !== 'string') return alone
    const context = contextOf(options, reading, join(dir, 'server'), lease)
    const { engine } = await chooseEngine(options.engine, context)
    // A server that was given has roles in common, which one drill would take from under another.
    if (!engine.host) return { ...alone, lanes: engine.name === 'given' ? 1 : 2 }
    await mkdir(context.scratchDir, { mode: 0o711 })
    const host = await engine.host(context)
    return {
      dir,
      lanes: 2,
      engine: {
        ...engine,
        summary: `${host.kind} ${host.version}, started once`,
        availability: async () => ({ here: true, version: host.version, major: Number.parseInt(host.version, 10) }),
        start: (of) => host.scratch(of),
      },
      async close() {
        await host.stop()
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

function contextOf(
  { rootDir, env, targetUrl, statementTimeoutMs, signal }: DrillOptions,
  { header, extensions }: BackupReading,
  scratchDir: string,
  lease: Lease,
): EngineContext {
  return {
    drillId: 'selftest',
    scratchDir,
    leave: (...traces) => lease.leave(...traces),
    rootDir,
    env,
    targetUrl,
    major: header.serverMajor,
    extensions,
    statementTimeoutMs,
    signal,
  }
}
