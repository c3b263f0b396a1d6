import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { isProcessAlive } from '../../kernel/process-group.ts'
import { hasEnded, readProcessStat } from '../../kernel/process-stat.ts'

/** A process as it can be found again: an id alone may belong to another one by now. */
export interface ProcessMark {
  pid: number
  /** When it started, as the system counts; empty when the system does not say. */
  start: string
}

export const markProcess = (pid: number): ProcessMark => ({ pid, start: startOf(pid) })

/** Whether this very process still runs. Where the system tells no start time, an id that lives counts as it. */
export function isRunning({ pid, start }: ProcessMark): boolean {
  return isProcessAlive(pid) && startOf(pid) === start
}

function startOf(pid: number): string {
  try {
    if (process.platform === 'linux') {
      const stat = readProcessStat(pid)
      if (!stat || hasEnded(stat)) return ''
      return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()}/${stat[19]}`
    }
    if (process.platform === 'win32') return ''
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { stdio: 'pipe' })
      .toString()
      .trim()
  } catch {
    return ''
  }
}
