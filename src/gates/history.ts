import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../kernel/files.ts'
import type { HistoryEntry, RunRecord } from '../kernel/record.ts'

export const historyName = 'history.ndjson'

/** Runs that are kept; the file is cut back to this when it has grown by half. */
const kept = 400

/** The past runs in an output folder, newest first; a line that a crash tore is passed over, and of two lines about one run the later holds. */
export async function readHistory(dir: string): Promise<HistoryEntry[]> {
  const text = await readFile(join(dir, historyName), 'utf8').catch(() => '')
  const entries = text.split('\n').flatMap(parseEntry)
  const last = new Map(entries.map((entry) => [entry.runId, entry]))
  return entries.filter((entry) => last.get(entry.runId) === entry).reverse()
}

/** Adds a run with one appending write and fsync, so that a crash costs at most the line itself. */
export async function appendHistory(dir: string, run: RunRecord): Promise<void> {
  const path = join(dir, historyName)
  const text = await readFile(path, 'utf8').catch(() => '')
  const line = `${JSON.stringify(entryOf(run))}\n`
  const lines = text.split('\n').filter((each) => each !== '')
  if (lines.length >= kept * 1.5) {
    await writeFileAtomic(path, `${lines.slice(-kept).join('\n')}\n${line}`)
    return
  }
  const handle = await open(path, 'a')
  try {
    await handle.writeFile(text === '' || text.endsWith('\n') ? line : `\n${line}`)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function entryOf(run: RunRecord): HistoryEntry {
  const { runId, finishedAt, status, exitCode, profile, environment, commit, durationMs, gates } = run
  return {
    runId,
    finishedAt,
    status,
    exitCode,
    profile,
    environment: environment.name,
    ...(commit !== undefined && { commit }),
    durationMs,
    gates: gates.map(({ id, status, summary: { planned, executed } }) => ({ id, status, planned, executed })),
  }
}

function parseEntry(line: string): HistoryEntry[] {
  if (line === '') return []
  try {
    const entry: Partial<HistoryEntry> | null = JSON.parse(line)
    return typeof entry?.runId === 'string' && Array.isArray(entry.gates) ? [entry as HistoryEntry] : []
  } catch {
    return []
  }
}
