import { readFileSync } from 'node:fs'

/** Whether a process of this number runs. False for a zombie: where nobody collects orphans, a dead process keeps its number. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
