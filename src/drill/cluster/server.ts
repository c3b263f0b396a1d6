import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { freePort } from '../../kernel/free-port.ts'
import { type Database, DatabaseError, type EngineContext } from '../engines/define.ts'
import { DrillStop, stop } from '../findings.ts'
import { openAnother, openDatabase } from '../wire/open-database.ts'
import { type Account, asServer } from './account.ts'
import { asArguments, scratchSettings } from './settings.ts'

export interface Server {
  port: number
  pid: number
  /** A session as that user; within the time and the signal of whoever started the server, unless others are given. */
  connect(login: Login, reach?: Pick<EngineContext, 'statementTimeoutMs' | 'signal'>): Promise<Database>
  isRunning(): boolean
  /** Fast shutdown, then by force; resolves when the process is gone. */
  stop(): Promise<void>
}

export interface Login {
  user: string
  password: string
  database: string
  /** `-c` settings of the session. */
  options?: string
}

export interface ServerStart {
  binDir: string
  dataDir: string
  account: Account | undefined
  login: Login
  /** Over those of every scratch cluster. */
  settings?: Record<string, string>
  /** Folder of a Unix socket instead of a port of 127.0.0.1, for a cluster whose passwords nobody knows. */
  socketDir?: string
  /** How long it may take until the first session. */
  startTimeoutMs: number
}

/** Starts `postgres` on a data folder, on a free port of 127.0.0.1, and waits until it takes sessions. */
export async function startServer(start: ServerStart, context: EngineContext): Promise<Server> {
  // Between the search for a port and its use another process may take it.
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOn(await freePort(), start, context)
    } catch (error) {
      if (attempt === 3 || !(error instanceof PortTaken)) throw error
    }
  }
}

class PortTaken extends Error {}

async function startOn(port: number, start: ServerStart, context: EngineContext): Promise<Server> {
  const { binDir, dataDir, account, login, socketDir } = start
  const where: Record<string, string> = socketDir ? { listen_addresses: '', unix_socket_directories: socketDir } : {}
  const settings = asArguments({ ...scratchSettings(port), ...where, ...start.settings })
  const line = asServer(join(binDir, 'postgres'), ['-D', dataDir, ...settings], account, context.env)
  const child = spawn(line.program, line.args, {
    cwd: context.scratchDir,
    env: { PATH: context.env.PATH ?? '', LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
    ...('uid' in line && { uid: line.uid, gid: line.gid }),
  })
  const log = lastWords(child)
  await once(child, 'spawn').catch((error: Error) => {
    throw stop('ENGINE_UNAVAILABLE', 'provision', `postgres does not start: ${error.message}`)
  })
  const pid = child.pid as number
  await context.leave({ kind: 'process', pid, startedAt: new Date().toISOString() })
  const isRunning = () => child.exitCode === null && child.signalCode === null
  const through =
    (open: typeof openDatabase): Server['connect'] =>
    (as, { statementTimeoutMs: timeoutMs, signal } = context) =>
      open({ host: socketDir ?? '127.0.0.1', port, ...as, timeoutMs, signal })
  const server: Server = { port, pid, connect: through(openAnother), isRunning, stop: () => end(child) }
  try {
    await untilReady({ ...server, connect: through(openDatabase) }, login, start.startTimeoutMs, log, context.signal)
    return server
  } catch (error) {
    await end(child)
    if (/could not bind|Address already in use/.test(log())) throw new PortTaken()
    throw error
  }
}

async function untilReady(
  server: Server,
  login: Login,
  timeoutMs: number,
  log: () => string,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    signal.throwIfAborted()
    if (!server.isRunning()) {
      // Its last words may still be on their way.
      await new Promise((done) => setTimeout(done, 100))
      throw stop('ENGINE_DIED', 'provision', `the scratch server ended while it started: ${reasonIn(log())}`)
    }
    try {
      const session = await server.connect(login)
      return await session.close()
    } catch (error) {
      if (error instanceof DrillStop && error.finding.code === 'TIMEOUT') throw error
      if (error instanceof DatabaseError && /^(?:28|3D)/.test(error.fields.code ?? ''))
        throw stop('ENGINE_UNAVAILABLE', 'provision', `the scratch server does not let us in: ${error.message}`)
      if (Date.now() > deadline)
        throw stop('TIMEOUT', 'provision', `the scratch server was not ready within ${timeoutMs / 1000} s`)
      await new Promise((done) => setTimeout(done, 25))
    }
  }
}

/** The last 8 KB of what the server said. */
function lastWords(child: ChildProcess): () => string {
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-8192)
  })
  return () => said
}

/** Our own attempts to get in are refused with FATAL as well until it is ready. */
function reasonIn(log: string): string {
  const said = [...log.matchAll(/(?:FATAL|PANIC|ERROR): {1,2}([^\n]*)/g)].map(([, text]) => text ?? '')
  return said.find((text) => !/^the database system is (?:starting|shutting|not)/.test(text)) ?? 'it said nothing'
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  // SIGINT is PostgreSQL's fast shutdown; scratch data need not survive, so there is little to wait for.
  child.kill('SIGINT')
  const force = setTimeout(() => child.kill('SIGQUIT'), 3_000)
  const kill = setTimeout(() => child.kill('SIGKILL'), 8_000)
  await gone
  clearTimeout(force)
  clearTimeout(kill)
}
