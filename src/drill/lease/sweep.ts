import { lstat, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isProcessAlive } from '../../kernel/process-group.ts'
import { isLive, type KeptTrace, type LeaseFile, readLease } from './lease.ts'
import { isRunning } from './process-start.ts'
import { stateFolder } from './state-folder.ts'

/** Removes databases and roles that a drill left on a given server. True when it did, or when they are gone. */
export type RemoteSweep = (
  trace: Extract<KeptTrace, { kind: 'database' | 'role' }>,
  drillId: string,
) => Promise<boolean>

/**
 * Removes what drills that died have left: what their leases name, and nothing else. A process is ended only when it is the very one
 * that was written down, a folder removed only inside our own. Returns what was removed, one line each.
 */
export async function sweepLeftovers(remote?: RemoteSweep): Promise<string[]> {
  const folder = await stateFolder()
  const swept: string[] = []
  const names = (await readdir(folder)).sort()
  for (const name of names) if (await isTorn(folder, name)) await rm(join(folder, name), { force: true })
  for (const name of names) {
    if (!/\.lease(\..+\.left)?$/.test(name)) continue
    const path = join(folder, name)
    const lease = await readLease(path)
    if (!lease || isLive(lease)) continue
    // Of several that sweep at once, the one whose rename succeeds does it.
    const taken = `${join(folder, name.replace(/\.lease.*$/, '.lease'))}.${lease.drillId}.left`
    if (taken !== path && !(await moved(path, taken))) continue
    if ((await readLease(taken))?.drillId !== lease.drillId) {
      // Swept and taken anew since we read it: this one is of a drill that runs.
      await moved(taken, path)
      continue
    }
    const left = await sweepOne(lease, folder, swept, remote)
    if (!left) await rm(taken, { force: true })
  }
  return swept
}

/** Whether somebody died while writing this lease: only its drill writes a lease, and only a drill that is not there yet a draft of one. */
async function isTorn(folder: string, name: string): Promise<boolean> {
  const [, draftOf] = /^\w+\.lease\.(\d+)\.[0-9a-f]+\.tmp$/.exec(name) ?? []
  if (draftOf) return !isProcessAlive(Number(draftOf))
  const [, written] = /^\.(\w+\.lease)\.[0-9a-f]+\.tmp$/.exec(name) ?? []
  if (!written) return false
  const lease = await readLease(join(folder, written))
  return !lease || !isLive(lease)
}

/** True when something had to stay. */
async function sweepOne(lease: LeaseFile, folder: string, swept: string[], remote?: RemoteSweep): Promise<boolean> {
  let isLeft = false
  // What was made last goes first: servers before their folders, databases before their owners.
  for (const trace of lease.traces.toReversed()) {
    const done = await sweepTrace(trace, lease.drillId, folder, remote)
    if (done === 'removed') swept.push(nameOf(trace))
    if (done === 'stays') isLeft = true
  }
  return isLeft
}

async function sweepTrace(
  trace: KeptTrace,
  drillId: string,
  folder: string,
  remote: RemoteSweep | undefined,
): Promise<'removed' | 'gone' | 'stays'> {
  if (trace.kind === 'process') {
    if (trace.start === '' || !isRunning(trace)) return 'gone'
    return (await endProcess(trace)) ? 'removed' : 'stays'
  }
  if (trace.kind === 'folder') {
    if (dirname(trace.path) !== folder) return 'gone'
    const info = await lstat(trace.path).catch(() => undefined)
    if (!info?.isDirectory()) return 'gone'
    await rm(trace.path, { recursive: true, force: true })
    return 'removed'
  }
  if (!remote) return 'stays'
  return (await remote(trace, drillId)) ? 'removed' : 'stays'
}

async function endProcess(trace: Extract<KeptTrace, { kind: 'process' }>): Promise<boolean> {
  for (const [signal, waitMs] of [
    ['SIGINT', 3_000],
    ['SIGKILL', 5_000],
  ] as const) {
    try {
      process.kill(trace.pid, signal)
    } catch {
      return !isRunning(trace)
    }
    const deadline = Date.now() + waitMs
    while (Date.now() < deadline && isRunning(trace)) await new Promise((done) => setTimeout(done, 20))
    if (!isRunning(trace)) return true
  }
  return false
}

const moved = (from: string, to: string): Promise<boolean> =>
  rename(from, to).then(
    () => true,
    () => false,
  )

function nameOf(trace: KeptTrace): string {
  if (trace.kind === 'folder') return `scratch folder ${trace.path}`
  if (trace.kind === 'process') return `scratch server, process ${trace.pid}`
  return `${trace.kind} ${trace.name}`
}
