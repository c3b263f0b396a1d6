import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, realpathSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { freePort } from '../../src/kernel/free-port.ts'
import { programOf } from './need.ts'

export interface PostgresServer {
  /** `postgres://postgres@127.0.0.1:<port>/postgres`, the superuser, no password. */
  url: string
  /** The folder of psql, pg_dump and the rest. */
  binDir: string
  stop(): Promise<void>
}

/** A scratch cluster in a temporary folder on a free port of 127.0.0.1; nothing is synced to disk. For tests behind `need('postgres')`. */
export async function startPostgres(): Promise<PostgresServer> {
  const program = programOf('postgres')
  if (!program) throw new Error('postgres is not installed: apt-get install postgresql')
  const binDir = dirname(realpathSync(program))
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-postgres-'))
  const account = serverAccount()
  if (account) chownSync(dir, account.uid, account.gid)
  const options = { cwd: dir, env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' }, ...account }
  try {
    const data = join(dir, 'data')
    const init = [
      '-D',
      data,
      '-U',
      'postgres',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--no-locale',
      '--no-sync',
      '--no-instructions',
    ]
    execFileSync(join(binDir, 'initdb'), init, { ...options, stdio: 'pipe' })
    const port = await freePort()
    const settings = [
      'fsync=off',
      'full_page_writes=off',
      // What happens in it is what a test does.
      'autovacuum=off',
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${dir}`,
    ]
    const args = ['-D', data, '-p', String(port), ...settings.flatMap((each) => ['-c', each])]
    const server = spawn(join(binDir, 'postgres'), args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] })
    await untilReady(server, /ready to accept connections/)
    return {
      url: `postgres://postgres@127.0.0.1:${port}/postgres`,
      binDir,
      async stop() {
        // SIGINT is PostgreSQL's fast shutdown: clients are thrown out.
        if (server.exitCode === null && server.kill('SIGINT')) await once(server, 'exit')
        await rm(dir, { recursive: true, force: true })
      },
    }
  } catch (error) {
    await rm(dir, { recursive: true, force: true })
    throw error
  }
}

/** PostgreSQL refuses to run as root; then it runs as its own user, or as nobody. */
function serverAccount(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const idOf = (flag: string, name: string) => Number(execFileSync('id', [flag, name], { stdio: 'pipe' }).toString())
  for (const name of ['postgres', 'nobody']) {
    try {
      return { uid: idOf('-u', name), gid: idOf('-g', name) }
    } catch {
      // No such user here.
    }
  }
  throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody')
}

/** Resolves when the server's stderr says so; rejects with what it said when it ends instead. */
export async function untilReady(server: ChildProcess, line: RegExp, output = server.stderr): Promise<void> {
  let said = ''
  await new Promise<void>((done, failed) => {
    output?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000)
      if (line.test(said)) done()
    })
    server.once('error', failed)
    server.once('exit', (code) => failed(new Error(`the server ended (${code}): ${said}`)))
  })
}
