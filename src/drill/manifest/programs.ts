import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { isProgram, programOnPath } from '../cluster/account.ts'

const roots = ['/usr/lib/postgresql', '/usr/pgsql', '/opt/homebrew/opt', '/usr/local/opt']

/**
 * A client program of PostgreSQL that is at least of this major version: the oldest such, since what it writes is read by older servers.
 * Debian's program on the PATH is a wrapper that chooses a version by its own rules. `PG_BIN` names the only folder to look in.
 */
export function newestProgram(name: string, major: number, env: NodeJS.ProcessEnv): string | undefined {
  const found = env.PG_BIN
    ? [join(env.PG_BIN, name)]
    : [...roots.flatMap((root) => below(root, name)), programOnPath(name, env)]
  return found
    .filter((path): path is string => path !== undefined && isProgram(path))
    .map((path) => ({ path, major: majorOf(path, env) }))
    .filter((each) => each.major >= major)
    .sort((a, b) => a.major - b.major)[0]?.path
}

const below = (root: string, name: string): string[] =>
  existsSync(root) ? readdirSync(root).map((version) => join(root, version, 'bin', name)) : []

function majorOf(path: string, env: NodeJS.ProcessEnv): number {
  try {
    const said = execFileSync(realpathSync(path), ['--version'], {
      stdio: 'pipe',
      timeout: 10_000,
      env: { PATH: env.PATH ?? '' },
    })
    return Number(/\(PostgreSQL\) (\d+)/.exec(said.toString())?.[1] ?? 0)
  } catch {
    return 0
  }
}
