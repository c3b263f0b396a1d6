import { type ChildProcess, spawn } from 'node:child_process'
import { connect } from 'node:net'
import { GatekitError, usageError } from '../kernel/errors.ts'
import { exitCodes } from '../kernel/exit.ts'
import { signalGroup, stopGroup } from '../kernel/process-group.ts'

export interface AppOptions {
  /** What the user typed after `--start`; a shell command line by design, as in a package.json script. */
  command: string
  /** Where the application will answer. */
  baseUrl: string
  /** Path or URL that answers 2xx when it is ready. */
  waitFor: string
  timeoutMs: number
  cwd: string
  env: NodeJS.ProcessEnv
  signal: AbortSignal
  /** Hides secrets in what the application printed. */
  redact(text: string): string
}

export interface App {
  stop(): Promise<void>
}

/**
 * Starts the user's application in a process group of its own and waits until it is ready. Refuses to begin when something
 * listens on its port already: the gate would judge that instead.
 */
export async function startApp(options: AppOptions): Promise<App> {
  const { command, baseUrl, cwd, env } = options
  await assertPortFree(baseUrl)
  const child = spawn('sh', ['-c', command], { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const tail = keepTail(child)
  // A second Ctrl-C ends gatekit at once; the application must not stay behind then either.
  const killNow = () => void (child.pid !== undefined && signalGroup(child.pid, 'SIGKILL'))
  process.once('exit', killNow)
  const stop = async () => {
    await stopGroup(child)
    process.off('exit', killNow)
  }
  try {
    await waitUntilReady(options, child)
    return { stop }
  } catch (error) {
    await stop()
    if (!(error instanceof GatekitError) || tail.length === 0) throw error
    const note = `its last lines:\n${tail.map((line) => `    ${options.redact(line)}`).join('\n')}`
    throw new GatekitError(
      error.problems.map((problem) => ({ ...problem, note })),
      error.exitCode,
    )
  }
}

async function assertPortFree(baseUrl: string): Promise<void> {
  const { hostname, port, protocol } = new URL(baseUrl)
  const number = Number(port || (protocol === 'https:' ? 443 : 80))
  const isTaken = await new Promise<boolean>((answer) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: number })
    socket.setTimeout(1_000)
    const finish = (taken: boolean) => {
      socket.destroy()
      answer(taken)
    }
    socket
      .once('connect', () => finish(true))
      .once('error', () => finish(false))
      .once('timeout', () => finish(false))
  })
  if (isTaken)
    throw usageError(
      `port ${number} on ${hostname} is already taken, before the application was started`,
      'stop what listens there: the gate would judge it instead of your application',
    )
}

/** Ready is a 2xx answer while the process that was started is alive; both are looked at, another server's answer is no proof. */
async function waitUntilReady({ baseUrl, waitFor, timeoutMs, signal }: AppOptions, child: ChildProcess): Promise<void> {
  const url = new URL(waitFor, baseUrl)
  const deadline = Date.now() + timeoutMs
  let last = 'no answer'
  while (Date.now() < deadline) {
    if (signal.aborted) throw new Error('interrupted')
    if (child.exitCode !== null || child.signalCode !== null)
      throw undecided(
        `the application ended before it was ready (${child.signalCode ?? `exit ${child.exitCode}`})`,
        'look at its output',
      )
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(2_000) }).catch(
      (error: Error) => error,
    )
    // Ended meanwhile: the answer came from somebody else, and the next look says so.
    if (!(answer instanceof Error) && answer.ok && child.exitCode === null && child.signalCode === null) return
    last =
      answer instanceof Error
        ? String((answer.cause as NodeJS.ErrnoException)?.code ?? answer.name)
        : `status ${answer.status}`
    await new Promise((done) => setTimeout(done, 100))
  }
  throw undecided(
    `the application was not ready after ${timeoutMs / 1000} s: ${url} gave ${last}`,
    'check --wait-for, or raise --wait-timeout',
  )
}

const undecided = (title: string, remedy: string): GatekitError =>
  new GatekitError({ title, remedy }, exitCodes.undecided)

/** The last ten lines the application printed; it is read to the end either way, or its pipe would fill up and stop it. */
function keepTail(child: ChildProcess): string[] {
  const tail: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    let rest = ''
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).slice(-65_536).split('\n')
      rest = lines.pop() ?? ''
      tail.push(...lines.slice(-10).map((line) => line.slice(0, 300)))
      tail.splice(0, Math.max(0, tail.length - 10))
    })
  }
  return tail
}
