import { readFileSync } from 'node:fs'

/**
 * What Linux tells of a process in one line (proc(5), /proc/pid/stat), from the third field on: state, parent, group … Undefined when
 * there is no such process.
 */
export function readProcessStat(pid: number | string): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name in parentheses before these may hold spaces and parentheses itself.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

/** A zombie has ended, though its number still answers: it only waits for its parent to notice. */
export const hasEnded = ([state]: readonly string[]): boolean => state === 'Z' || state === 'X'
