import { isProcessAlive } from '../../src/kernel/process-group.ts'
import { hasEnded, readProcessStat } from '../../src/kernel/process-stat.ts'

/** Whether a process of this number runs. False for a zombie: where nobody collects orphans, a dead process keeps its number. */
export function isRunning(pid: number): boolean {
  if (!isProcessAlive(pid)) return false
  if (process.platform !== 'linux') return true
  const stat = readProcessStat(pid)
  return stat !== undefined && !hasEnded(stat)
}
