import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { asServer, isProgram, programOnPath, serverAccount } from '../../cluster/account.ts'
import type { Trace } from '../../engines/define.ts'
import { stop } from '../../findings.ts'

/** The database that a dump without a name of its own is restored into. */
export const scratch = 'gatekit_scratch'

export interface Programs {
  server: string
  install: string
  client: string
  /** mariadb-dump, which a machine need not have. */
  dump: string | undefined
}

export interface MariadbStart {
  scratchDir: string
  env: NodeJS.ProcessEnv
  signal: AbortSignal
  leave(trace: Trace): Promise<void>
}

export interface ScratchMariadb {
  socket: string
  isRunning(): boolean
  stop(): Promise<void>
}

/** MariaDB's programs on this machine; throws ENGINE_UNAVAILABLE without them. */
export function findPrograms(env: NodeJS.ProcessEnv): Programs {
  const find = (name: string) =>
    programOnPath(name, env) ?? [`/usr/sbin/${name}`, `/usr/local/bin/${name}`].find(isProgram)
  const [server, install, client] = ['mariadbd', 'mariadb-install-db', 'mariadb'].map(find)
  if (server && install && client) return { server, install, client, dump: find('mariadb-dump') ?? find('mysqldump') }
  const missing = server ? (install ? 'mariadb' : 'mariadb-install-db') : 'mariadbd'
  throw stop('ENGINE_UNAVAILABLE', 'provision', `${missing} is not installed on this machine`, { object: missing })
}

/**
 * A server of the drill's own, on a socket that only this user reaches. It cannot read or write files by SQL, load plugins, open a port or run
 * events: what is restored into it was written by somebody else.
 */
export async function startMariadb({ server, install }: Programs, start: MariadbStart): Promise<ScratchMariadb> {
  const { scratchDir, env, signal } = start
  const account = serverAccount()
  const root = join(scratchDir, 'mariadb')
  const [data, plugins, temp] = ['data', 'plugins', 'tmp'].map((name) => join(root, name)) as [string, string, string]
  for (const folder of [root, data, temp]) {
    await mkdir(folder, { mode: 0o700 })
    if (account) chownSync(folder, account.uid, account.gid)
  }
  // Nobody writes into it: what lies there could be loaded.
  await mkdir(plugins, { mode: 0o555 })
  const options = { cwd: root, env: { PATH: env.PATH ?? '', LC_ALL: 'C', HOME: root, TMPDIR: temp } }
  const setup = [
    '--no-defaults',
    `--datadir=${data}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    `--tmpdir=${temp}`,
  ]
  const installed = asServer(install, setup, account, env)
  try {
    execFileSync(installed.program, installed.args, {
      ...options,
      ...('uid' in installed && account),
      stdio: 'pipe',
      timeout: 120_000,
    })
  } catch (error) {
    const said = String((error as { stderr?: Buffer }).stderr ?? '').match(/ERROR[^\n]*/)?.[0] ?? 'it failed'
    throw stop('ENGINE_UNAVAILABLE', 'provision', `mariadb-install-db: ${said}`)
  }
  const socket = join(root, 's')
  const settings = [
    '--no-defaults',
    `--datadir=${data}`,
    `--socket=${socket}`,
    `--pid-file=${join(root, 'pid')}`,
    `--tmpdir=${temp}`,
    `--plugin-dir=${plugins}`,
    `--secure-file-priv=${plugins}`,
    '--skip-networking',
    '--skip-log-bin',
    '--skip-symbolic-links',
    '--local-infile=0',
    // Off and not disabled: a disabled one refuses to make events as well.
    '--event-scheduler=OFF',
    '--innodb-flush-log-at-trx-commit=0',
    '--innodb-doublewrite=0',
    '--innodb-buffer-pool-size=96M',
    '--max-allowed-packet=1G',
    '--character-set-server=utf8mb4',
    '--default-time-zone=+00:00',
  ]
  const line = asServer(server, settings, account, env)
  const child = spawn(line.program, line.args, {
    ...options,
    ...('uid' in line && account),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-16_384)
  })
  await once(child, 'spawn')
  await start.leave({ kind: 'process', pid: child.pid as number, startedAt: new Date().toISOString() })
  const isRunning = () => child.exitCode === null && child.signalCode === null
  const deadline = Date.now() + 60_000
  while (!/ready for connections/.test(log)) {
    if (signal.aborted || !isRunning() || Date.now() > deadline) {
      await end(child)
      signal.throwIfAborted()
      const said = /\[ERROR\] ([^\n]*)/.exec(log)?.[1] ?? 'it said nothing'
      throw stop('ENGINE_DIED', 'provision', `mariadbd does not start: ${said}`)
    }
    await new Promise((done) => setTimeout(done, 25))
  }
  return { socket, isRunning, stop: () => end(child) }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  // Its data are thrown away: there is nothing to save.
  child.kill('SIGKILL')
  await gone
}
