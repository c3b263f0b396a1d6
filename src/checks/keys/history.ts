import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { findKeys } from '../../config/keys.ts'
import type { CheckContext } from '../define.ts'
import type { LocatedKey } from './sources.ts'

/** git could not tell the whole history; what was not looked at must not look clean. */
export class HistoryTrouble extends Error {
  override readonly name = 'HistoryTrouble'
}

/** Longer lines are not written by people; a key in one is found in the file it is part of today. */
const longestLine = 64 * 1024

/**
 * Keys on every line that was ever added, on any branch; a key that was removed later is still known to all who have a clone. Throws
 * HistoryTrouble when git fails or the clone is shallow.
 */
export async function scanHistory({
  rootDir,
  signal,
}: Pick<CheckContext, 'rootDir' | 'signal'>): Promise<{ keys: LocatedKey[]; commits: number }> {
  if ((await git(rootDir, signal, ['rev-parse', '--is-shallow-repository'])).lines[0] === 'true') {
    throw new HistoryTrouble('the clone is shallow: most of the history is not here (fetch-depth: 0)')
  }
  const keys = new Map<string, LocatedKey>()
  let commits = 0
  let commit = ''
  let file = ''
  const args = ['log', '--all', '-p', '-U0', '--no-color', '--no-ext-diff', '--no-textconv', '--format=commit %H']
  await git(rootDir, signal, args, (line) => {
    const start = /^commit ([0-9a-f]{40,64})$/.exec(line)
    if (start) {
      commits++
      commit = start[1]!
    } else if (line.startsWith('+++ b/')) file = line.slice(6)
    else if (line.startsWith('+') && line.length < longestLine) {
      for (const key of findKeys(line.slice(1))) {
        if (!keys.has(key.value)) keys.set(key.value, { ...key, where: `${file} in commit ${commit.slice(0, 12)}` })
      }
    }
  })
  return { keys: [...keys.values()], commits }
}

async function git(
  cwd: string,
  signal: AbortSignal,
  args: readonly string[],
  each?: (line: string) => void,
): Promise<{ lines: string[] }> {
  const child = spawn('git', ['--no-optional-locks', ...args], { cwd, signal, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'close') as Promise<[number | null]>
  ended.catch(() => {})
  const lines: string[] = []
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint ||= text.split('\n')[0]!
  })
  for await (const line of createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (each) each(line)
    else lines.push(line)
  }
  signal.throwIfAborted()
  const [code] = await ended.catch((error: NodeJS.ErrnoException) => {
    throw new HistoryTrouble(error.code === 'ENOENT' ? 'git was not found' : `git could not be run (${error.code})`)
  })
  if (code !== 0) throw new HistoryTrouble(`git ${args[0]} failed: ${complaint || `exit code ${code}`}`)
  return { lines }
}
