import { readdirSync, readFileSync } from 'node:fs'

/** Variable in the environment of everything that a start brings to life; it survives leaving the process group. */
export const markName = 'GATEKIT_TARGET_MARK'

/**
 * Ids of the living processes that carry a mark, on systems with /proc; undefined elsewhere. A zombie has no environment, so it does
 * not count: in a container whose first process reaps nothing it would never go away.
 */
export function findMarked(mark: string): number[] | undefined {
  let names: string[]
  try {
    names = readdirSync('/proc')
  } catch {
    return undefined
  }
  if (!names.includes('self')) return undefined
  const wanted = `${markName}=${mark}`
  return names.filter((name) => /^\d+$/.test(name) && environmentOf(name).includes(wanted)).map(Number)
}

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1')
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
