import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { writeFileAtomic } from '../kernel/files.ts'
import { stableJson } from '../kernel/json.ts'
import { isProcessAlive } from '../kernel/process-group.ts'

/** Says RUNNING in run.json until the results take its place: what a crash leaves behind can never be read as a result. */
export interface Mark {
  runId: string
  startedAt: string
  pid: number
  host: string
}

export interface Leftover extends Mark {
  /** The process still runs: it is no leftover but a neighbour. */
  isAlive: boolean
}

/** A mark for this process. */
export const markOf = (runId: string, startedAt: string): Mark => ({
  runId,
  startedAt,
  pid: process.pid,
  host: hostname(),
})

export const markRunning = (path: string, mark: Mark & { gate?: string }): Promise<void> =>
  writeFileAtomic(path, stableJson({ schema: 'run/1', status: 'RUNNING', ...mark }))

/** The mark of a run that never finished, if that is what the file holds; a torn or foreign file is none. */
export async function readLeftover(path: string): Promise<Leftover | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '')
  const found = parse(text)
  if (found?.status !== 'RUNNING') return undefined
  const { runId = 'unknown', startedAt = 'unknown', pid = 0, host = '' } = found
  return { runId, startedAt, pid, host, isAlive: isNeighbour(pid, host) }
}

/** A sentence for the notes of the next run. */
export const leftoverNote = ({ runId, startedAt }: Leftover, where: string): string =>
  `An earlier run (${runId}, started ${startedAt}) was killed before it finished in ${where}; its partial outputs were removed.`

function parse(text: string): (Partial<Mark> & { status?: unknown }) | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** A process of another machine, or this one itself, is no neighbour. */
const isNeighbour = (pid: number, host: string): boolean =>
  host === hostname() && Number.isInteger(pid) && pid > 0 && pid !== process.pid && isProcessAlive(pid)
