import { randomBytes } from 'node:crypto'
import { readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { linkOnce, writeFileAtomic, writeSynced } from '../../kernel/files.ts'
import type { Trace } from '../engines/define.ts'
import { stop } from '../findings.ts'
import { isRunning, markProcess } from './process-start.ts'
import { leaseName, stateFolder } from './state-folder.ts'

const markSchema = z.strictObject({ pid: z.int(), start: z.string() })

const keptTraceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('folder'), path: z.string() }),
  z.strictObject({ kind: z.literal('process'), pid: z.int(), start: z.string() }),
  z.strictObject({ kind: z.literal('database'), server: z.string(), name: z.string() }),
  z.strictObject({ kind: z.literal('role'), server: z.string(), name: z.string() }),
])

const leaseSchema = z.strictObject({
  schema: z.literal('drill-lease/1'),
  drillId: z.string(),
  rootDir: z.string(),
  owner: markSchema,
  startedAt: z.string(),
  traces: z.array(keptTraceSchema),
})

export type LeaseFile = z.output<typeof leaseSchema>
export type KeptTrace = z.output<typeof keptTraceSchema>

export interface Lease {
  /** Where it lies, and where scratch data of the drill are to lie. */
  folder: string
  /** Remembers something before it is made. */
  leave(...traces: Trace[]): Promise<void>
  /** All that was made is gone again. */
  forget(): Promise<void>
  /** Something is still there that could not be removed: the file stays, for the next run. */
  keep(traces: readonly KeptTrace[]): Promise<void>
  traces(): readonly KeptTrace[]
  /** Told when an engine could not remove what it made. */
  soil(): void
  isClean(): boolean
}

/** Takes the lease of a project; throws LOCKED while another drill of it runs. A lease of a dead drill must have been swept before. */
export async function takeLease(rootDir: string, drillId: string, now: number): Promise<Lease> {
  const folder = await stateFolder()
  const path = join(folder, await leaseName(rootDir))
  const file: LeaseFile = {
    schema: 'drill-lease/1',
    drillId,
    rootDir,
    owner: markProcess(process.pid),
    startedAt: new Date(now).toISOString(),
    traces: [],
  }
  const write = () => writeFileAtomic(path, `${JSON.stringify(file, null, 2)}\n`, 0o600)
  const draft = `${path}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`
  await writeSynced(draft, JSON.stringify(file), 0o600)
  try {
    if (!(await linkOnce(draft, path))) throw await locked(path)
  } finally {
    await rm(draft, { force: true })
  }
  let clean = true
  return {
    folder,
    soil() {
      clean = false
    },
    isClean: () => clean,
    async leave(...traces) {
      for (const trace of traces)
        file.traces.push(trace.kind === 'process' ? { kind: 'process', ...markProcess(trace.pid) } : trace)
      await write()
    },
    traces: () => file.traces,
    forget: () => rm(path, { force: true }),
    async keep(traces) {
      file.traces = [...traces]
      await write()
      await rename(path, `${path}.${file.drillId}.left`)
    },
  }
}

async function locked(path: string) {
  const other = await readLease(path)
  const who = other ? `process ${other.owner.pid}, since ${other.startedAt}` : 'its lease cannot be read'
  return stop('LOCKED', 'sweep', `another drill of this project is running (${who})`)
}

/** undefined when the file is gone or is no lease. */
export async function readLease(path: string): Promise<LeaseFile | undefined> {
  try {
    return leaseSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return undefined
  }
}

export const isLive = (lease: LeaseFile): boolean => isRunning(lease.owner)
