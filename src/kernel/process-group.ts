import type { ChildProcess } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { hasEnded, readProcessStat } from './process-stat.ts'

export interface GroupSettings {
  /** Milliseconds between SIGTERM and SIGKILL. */
  graceMs?: number
}

/**
 * Ends a child that was spawned `detached`, with all it started: SIGTERM to the whole process group, SIGKILL to what is left after
 * the grace time. Killing only the child leaves its grandchildren running. Resolves when the child is gone and nothing of its group
 * runs any more: a process lives on for a moment after SIGKILL was sent, longer on a busy machine.
 */
export async function stopGroup(child: ChildProcess, { graceMs = 5_000 }: GroupSettings = {}): Promise<void> {
  const { pid } = child
  if (pid === undefined) return
  const exited = child.exitCode !== null || child.signalCode !== null
  const gone = exited ? Promise.resolve() : new Promise<void>((done) => child.once('exit', () => done()))
  if (!signalGroup(pid, 'SIGTERM')) return gone
  await groupEnded(pid, graceMs)
  if (signalGroup(pid, 'SIGKILL')) await groupEnded(pid, killMs)
  return gone
}

/** How long SIGKILL may take to work: a process in an uninterruptible read dies only when the disk has answered. */
const killMs = 5_000

async function groupEnded(pid: number, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs
  while (Date.now() < deadline && groupRuns(pid)) await new Promise((done) => setTimeout(done, 20))
}

/**
 * Whether anything of the group still runs. A zombie does not, but answers to signals like the living; where nothing collects
 * orphans (many containers) it stays for ever, so on Linux the state is read.
 */
function groupRuns(group: number): boolean {
  if (!signalGroup(group, 0)) return false
  if (process.platform !== 'linux') return true
  return readdirSync('/proc').some((name) => /^\d+$/.test(name) && isRunningIn(group, name))
}

function isRunningIn(group: number, pid: string): boolean {
  const stat = readProcessStat(pid)
  return stat !== undefined && Number(stat[2]) === group && !hasEnded(stat)
}

/** False when the group has no process any more; signal 0 asks without sending. */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal)
    return true
  } catch {
    return false
  }
}

/** Whether a process with this id runs; EPERM means that it lives and is someone else's. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
