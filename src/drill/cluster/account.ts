import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

export interface Account {
  uid: number
  gid: number
}

/** PostgreSQL refuses to run as root: then its processes run as `nobody`, else as `postgres`; undefined where we are not root. */
export function serverAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['nobody', 'postgres']) {
    const uid = idOf('-u', name)
    const gid = idOf('-g', name)
    if (uid !== undefined && gid !== undefined) return { uid, gid }
  }
  return { uid: 65_534, gid: 65_534 }
}

function idOf(flag: string, name: string): number | undefined {
  try {
    return Number(execFileSync('id', [flag, name], { stdio: 'pipe' }).toString())
  } catch {
    return undefined
  }
}

/** A program of the PATH; undefined when it is not there. */
export function programOnPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean)
  return folders.map((folder) => join(folder, name)).find(isProgram)
}

export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * The command line that runs a server as `account` and ends it with us, even when we are killed: setpriv sets the signal that the
 * kernel sends to a child whose parent is gone. Without setpriv (not Linux) the lease has to do.
 */
export function asServer(
  program: string,
  args: readonly string[],
  account: Account | undefined,
  env: NodeJS.ProcessEnv,
) {
  const setpriv = process.platform === 'linux' ? programOnPath('setpriv', env) : undefined
  if (!setpriv) return { program, args: [...args], ...account }
  const ids = account ? [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'] : []
  return { program: setpriv, args: [...ids, '--pdeathsig', 'INT', program, ...args] }
}
