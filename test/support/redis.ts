import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../src/kernel/free-port.ts'
import { programOf } from './need.ts'
import { untilReady } from './postgres.ts'

export interface RedisServer {
  /** `redis://127.0.0.1:<port>`, or with the password that was asked for. */
  url: string
  port: number
  stop(): Promise<void>
}

/** A scratch Redis that keeps nothing on disk, on a free port of 127.0.0.1. For tests behind `need('redis')`. */
export async function startRedis({
  password,
  args = [],
}: {
  password?: string
  args?: string[]
} = {}): Promise<RedisServer> {
  const program = programOf('redis')
  if (!program) throw new Error('redis-server is not installed: apt-get install redis-server')
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-redis-'))
  const port = await freePort()
  const fixed = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--appendonly', 'no']
  const secured = password ? ['--requirepass', password] : []
  const server = spawn(program, [...fixed, ...secured, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
  await untilReady(server, /Ready to accept connections/i, server.stdout)
  return {
    url: `redis://${password ? `:${password}@` : ''}127.0.0.1:${port}`,
    port,
    async stop() {
      if (server.exitCode === null && server.kill('SIGTERM')) await once(server, 'exit')
      await rm(dir, { recursive: true, force: true })
    },
  }
}
