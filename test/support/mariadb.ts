import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../src/kernel/free-port.ts'
import { programOf } from './need.ts'
import { untilReady } from './postgres.ts'

export interface MariadbServer {
  /** `mysql://root@127.0.0.1:<port>/test`, the superuser, no password. */
  url: string
  /** Runs statements as a client would. */
  run(statements: string): void
  stop(): Promise<void>
}

/** A scratch server in a temporary folder on a free port of 127.0.0.1. For tests behind `need('mariadb')`. */
export async function startMariadb(): Promise<MariadbServer> {
  const program = programOf('mariadb')
  if (!program) throw new Error('MariaDB is not installed: apt-get install mariadb-server')
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-mariadb-'))
  const isRoot = process.getuid?.() === 0
  const account = isRoot ? ['--user=root'] : []
  if (isRoot) chownSync(dir, 0, 0)
  const data = `--datadir=${join(dir, 'data')}`
  const install = ['--no-defaults', data, '--auth-root-authentication-method=normal', '--skip-test-db', ...account]
  execFileSync('mariadb-install-db', install, { stdio: 'pipe' })
  const port = await freePort()
  const own = [`--port=${port}`, '--bind-address=127.0.0.1', `--socket=${join(dir, 'socket')}`]
  const lean = ['--innodb-flush-log-at-trx-commit=0', '--skip-grant-tables', '--skip-networking=0']
  const args = ['--no-defaults', data, ...own, ...lean, ...account]
  const server = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  await untilReady(server, /ready for connections/)
  const run = (statements: string) => {
    const client = ['--no-defaults', '--protocol=tcp', '--host=127.0.0.1', `--port=${port}`, '--user=root']
    execFileSync('mysql', [...client, '--execute', statements], { stdio: 'pipe' })
  }
  run('create database test')
  return {
    url: `mysql://root@127.0.0.1:${port}/test`,
    run,
    async stop() {
      if (server.exitCode === null && server.kill('SIGTERM')) await once(server, 'exit')
      await rm(dir, { recursive: true, force: true })
    },
  }
}
