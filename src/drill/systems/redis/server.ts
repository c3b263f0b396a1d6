import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createClient } from '@redis/client'
import { asServer, programOnPath } from '../../cluster/account.ts'
import type { Trace } from '../../engines/define.ts'
import { stop } from '../../findings.ts'
import { appendFileName } from './files.ts'

/** RESP 2, no modules: the plain commands are enough. */
export type RedisClient = ReturnType<typeof connectTo>

const connectTo = (path: string) => createClient({ socket: { path, reconnectStrategy: false } })

export interface RedisStart {
  dir: string
  scratchDir: string
  appendOnly: boolean
  env: NodeJS.ProcessEnv
  signal: AbortSignal
  /** How long loading may take. */
  timeoutMs: number
  leave(trace: Trace): Promise<void>
}

export interface ScratchRedis {
  version: string
  client: RedisClient
  stop(): Promise<void>
}

/** Starts a server that only a socket in the scratch folder leads to, and waits until it has loaded everything. */
export async function startRedis(start: RedisStart): Promise<ScratchRedis> {
  const { dir, scratchDir, appendOnly, env, signal } = start
  const program = programOnPath('redis-server', env) ?? programOnPath('valkey-server', env)
  if (!program) {
    const message = 'neither redis-server nor valkey-server is installed on this machine'
    throw stop('ENGINE_UNAVAILABLE', 'restore', message, { object: 'redis-server' })
  }
  const socket = join(scratchDir, 'r.sock')
  const settings: Record<string, string> = {
    port: '0',
    unixsocket: socket,
    unixsocketperm: '700',
    dir,
    dbfilename: 'dump.rdb',
    save: '',
    appendonly: appendOnly ? 'yes' : 'no',
    appendfilename: appendOnly ? await appendFileName(dir) : 'appendonly.aof',
    // A log that was cut is loaded as far as it goes, with a line in the server's log, unless the server is told not to.
    'aof-load-truncated': 'no',
    daemonize: 'no',
    databases: '1024',
  }
  // Of a log that was made by hand: a script of it could still send keys elsewhere.
  const never = ['REPLICAOF', 'SLAVEOF', 'MIGRATE'].flatMap((name) => ['--rename-command', name, ''])
  const args = [...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]), ...never]
  const line = asServer(program, args, undefined, env)
  const child = spawn(line.program, line.args, {
    cwd: dir,
    env: { PATH: env.PATH ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const log = lastWords(child)
  await once(child, 'spawn')
  await start.leave({ kind: 'process', pid: child.pid as number, startedAt: new Date().toISOString() })
  try {
    await untilReady(child, log, start)
    const client = connectTo(socket)
    client.on('error', () => {})
    await client.connect()
    const version = /redis_version:(\S+)/.exec(String(await client.sendCommand(['INFO', 'server'])))?.[1] ?? 'unknown'
    return {
      version,
      client,
      async stop() {
        client.destroy()
        await end(child)
      },
    }
  } catch (error) {
    await end(child)
    throw signal.aborted ? signal.reason : error
  }
}

async function untilReady(child: ChildProcess, log: () => string, { signal, timeoutMs }: RedisStart): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!/Ready to accept connections/i.test(log())) {
    signal.throwIfAborted()
    if (child.exitCode !== null || child.signalCode !== null) throw refused(log())
    if (Date.now() > deadline) throw stop('TIMEOUT', 'restore', `Redis was not ready within ${timeoutMs / 1000} s`)
    await new Promise((done) => setTimeout(done, 20))
  }
}

/** Why a server does not start on a backup: what it says of a damaged file, and of one that it is too old for. */
function refused(log: string) {
  if (/Can't handle RDB format version/i.test(log))
    return stop('DUMP_NEWER', 'restore', 'the snapshot is of a newer Redis than this machine has')
  if (/module|unknown (?:type|opcode)/i.test(log) && !/checksum|short read|EOF/i.test(log))
    return stop('UNSUPPORTED', 'restore', 'the backup needs a module that this Redis does not have', {
      object: 'module',
    })
  if (/Unexpected end of file|short read|Truncated/i.test(log))
    return stop('TRUNCATED', 'restore', 'Redis finds the end of the file too early', { object: 'redis' })
  if (/checksum|Bad file format|Wrong signature|Unrecoverable|Internal error|corrupt|Error reading/i.test(log))
    return stop('CORRUPT', 'restore', 'Redis refuses the file: it is damaged', { object: 'redis' })
  return stop('ENGINE_DIED', 'restore', 'the scratch Redis ended while it started')
}

function lastWords(child: ChildProcess): () => string {
  let said = ''
  const take = (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-16_384)
  }
  child.stdout?.on('data', take)
  child.stderr?.on('data', take)
  return () => said
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  // Its data are thrown away: there is nothing to save.
  child.kill('SIGKILL')
  await gone
}
