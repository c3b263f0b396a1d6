import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isProgram, programOnPath } from '../cluster/account.ts'
import { type Programs, startCluster, startOwnCluster } from '../cluster/own-cluster.ts'
import { stop } from '../findings.ts'
import { type Availability, defineEngine, type EngineRequest } from './define.ts'

/** PostgreSQL as it is installed on this machine: a cluster of the drill's own in a temporary folder. Needs initdb and postgres, no client. */
export const localEngine = defineEngine({
  name: 'local',
  summary: 'a scratch cluster of the PostgreSQL that is installed on this machine',
  restores: 'postgres',
  async availability(request): Promise<Availability> {
    const found = find(request)
    if (!found) return { here: false, reason: 'no PostgreSQL server is installed on this machine' }
    return { here: true, version: found.version, major: found.major }
  },
  start: async (context) => startOwnCluster(programs(context), context),
  host: async (context) => startCluster(programs(context), context),
})

function programs(context: EngineRequest): Programs {
  const found = find(context)
  if (!found) throw stop('ENGINE_UNAVAILABLE', 'provision', 'no PostgreSQL server is installed on this machine')
  return { kind: 'local', ...found }
}

interface Installation {
  binDir: string
  version: string
  major: number
}

const find = ({ major, env }: Pick<EngineRequest, 'major' | 'env'>): Installation | undefined =>
  installationOf(major, env)

/** The installation of the wanted major; else the lowest newer one, else the newest. `PG_BIN` names a folder and is the only one then. */
export function installationOf(major: number | undefined, env: NodeJS.ProcessEnv): Installation | undefined {
  const all = installations(env)
  if (major === undefined) return all.at(-1)
  return all.find((each) => each.major === major) ?? all.find((each) => each.major > major) ?? all.at(-1)
}

const roots = ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt', '/usr/local/pgsql', '/usr/pgsql']

/** Sorted by version, oldest first. */
function installations(env: NodeJS.ProcessEnv): Installation[] {
  const folders = env.PG_BIN ? [env.PG_BIN] : [...onPath(env), ...roots.flatMap(below)]
  const real = new Set(folders.filter(existsSync).map((each) => realpathSync(each)))
  return [...real]
    .flatMap((binDir) => versionOf(binDir, env))
    .toSorted((a, b) => a.major - b.major || a.version.localeCompare(b.version, 'en', { numeric: true }))
}

function onPath(env: NodeJS.ProcessEnv): string[] {
  const program = programOnPath('postgres', env)
  return program ? [dirname(realpathSync(program))] : []
}

/** `<root>/bin`, `<root>/<version>/bin`: Debian, Red Hat, Homebrew and builds from source. */
function below(root: string): string[] {
  if (!existsSync(root)) return []
  const versions = readdirSync(root).filter((name) => /^(?:postgresql@?|pgsql-?)?\d*$/.test(name))
  return [join(root, 'bin'), ...versions.map((name) => join(root, name, 'bin'))]
}

function versionOf(binDir: string, env: NodeJS.ProcessEnv): Installation[] {
  if (!isProgram(join(binDir, 'postgres')) || !isProgram(join(binDir, 'initdb'))) return []
  try {
    const options = { stdio: 'pipe', timeout: 10_000, env: { PATH: env.PATH ?? '', LC_ALL: 'C' } } as const
    const said = execFileSync(join(binDir, 'postgres'), ['--version'], options).toString()
    const [, version = ''] = /PostgreSQL\) (\d+(?:\.\d+)?\w*)/.exec(said) ?? []
    const major = Number.parseInt(version, 10)
    return major > 0 ? [{ binDir, version, major }] : []
  } catch {
    return []
  }
}
