import { readdirSync, readFileSync } from 'node:fs'

/** Variable in the environment of everything that a start brings to life; it survives leaving the process group. */
export const markName = 'GATEKIT_TARGET_MARK'

/** A living process of a target; `started` tells it from a later one with the same id. */
export interface Relative {
  pid: number
  started: string
  /** False for one of the group whose environment does not say so: it is ending, and lost that before its sockets. */
  isMarked: boolean
  isInGroup: boolean
}

/**
 * The living processes that carry a mark or belong to a process group, on systems with /proc; undefined elsewhere. Zombies do not count:
 * they hold nothing any more, and in a container whose first process reaps nothing they never go away.
 */
export function findRelatives(mark: string, group: number): Relative[] | undefined {
  let names: string[]
  try {
    names = readdirSync('/proc')
  } catch {
    return undefined
  }
  if (!names.includes('self')) return undefined
  const wanted = `${markName}=${mark}`
  return names
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const state = stateOf(name)
      if (!state || /^[ZX]/.test(state.letter)) return []
      const isMarked = readProc(name, 'environ').includes(wanted)
      const isInGroup = state.group === group
      return isMarked || isInGroup ? [{ pid: Number(name), started: state.started, isMarked, isInGroup }] : []
    })
}

/** Whether this very process is not there any more, or is a zombie. */
export function isGone({ pid, started }: Relative): boolean {
  const state = stateOf(String(pid))
  return !state || state.started !== started || /^[ZX]/.test(state.letter)
}

/** Fields 3, 5 and 22 of /proc/<pid>/stat; the name before them may hold anything. */
function stateOf(pid: string): { letter: string; group: number; started: string } | undefined {
  const stat = readProc(pid, 'stat')
  if (stat === '') return undefined
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { letter: fields[0] ?? '', group: Number(fields[2]), started: fields[19] ?? '' }
}

function readProc(pid: string, file: 'environ' | 'stat'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch {
    return ''
  }
}

/** Shell for the guardian: kills the group `$1` and whatever carries the mark `$2`. */
export const killMarkedScript = [
  'kill -KILL -"$1" 2>/dev/null',
  `for each in /proc/[0-9]*; do`,
  `  if grep -qs "${markName}=$2" "$each/environ"; then kill -KILL "\${each#/proc/}" 2>/dev/null; fi`,
  'done',
].join('\n')
