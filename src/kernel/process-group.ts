import type { ChildProcess } from 'node:child_process'

export interface GroupSettings {
  /** Milliseconds between SIGTERM and SIGKILL. */
  graceMs?: number
}

/**
 * Ends a child that was spawned `detached`, with all it started: SIGTERM to the whole process group, SIGKILL to what is left after
 * the grace time. Killing only the child leaves its grandchildren running. Resolves when the child is gone.
 */
export async function stopGroup(child: ChildProcess, { graceMs = 5_000 }: GroupSettings = {}): Promise<void> {
  const { pid } = child
  if (pid === undefined) return
  const exited = child.exitCode !== null || child.signalCode !== null
  const gone = exited ? Promise.resolve() : new Promise<void>((done) => child.once('exit', () => done()))
  if (!signalGroup(pid, 'SIGTERM')) return gone
  const deadline = Date.now() + graceMs
  while (Date.now() < deadline && signalGroup(pid, 0)) await new Promise((done) => setTimeout(done, 20))
  signalGroup(pid, 'SIGKILL')
  return gone
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
