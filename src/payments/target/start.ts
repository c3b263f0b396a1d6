import { GatekitError } from '../../kernel/errors.ts'
import { exitCodes } from '../../kernel/exit.ts'
import { createSecrets } from '../../kernel/secrets.ts'
import { createTurns } from '../../kernel/turns.ts'
import type { Contract } from '../contract/schema.ts'
import { composeEnvironment } from './environment.ts'
import { attachTarget } from './external.ts'
import { startProcess, type TargetProcess } from './process.ts'
import { askReadiness, askReady, isPortOpen } from './readiness.ts'
import type { EnvironmentChanges, StartOptions, Target, TargetState } from './types.ts'

export interface StartSettings extends StartOptions {
  /** The gate's own environment, which the target inherits. */
  own: EnvironmentChanges
}

/** How long readiness is waited for where the target may be wrongly configured on purpose, at least. */
const doubtfulMs = 3_000

/** So many usual starts is one given that answers and says that it is not ready, and so many milliseconds at least. */
const patience = { starts: 3, leastMs: 1_000 }

/** As long as nothing listens, a process that lives is more likely slow than wrongly configured. */
const silentMs = 20_000

/** How long a port may stay taken by the connections of a server that was killed: TIME_WAIT of Linux is a minute (RFC 9293, 3.6.1). */
const lingerMs = 65_000

/** Lives whose output is kept. */
const keptLives = 8

/**
 * Starts the backend of a contract, or takes the one that somebody else runs where the contract has no `start`. Throws a GatekitError
 * (exit 3: nothing can be judged) when the port is taken, or when it does not get ready although it should. Whoever starts it stops it;
 * when this process ends without that, nothing of it stays.
 */
export async function startTarget(contract: Contract, settings: StartSettings): Promise<Target> {
  const { target } = contract
  if (target.start === undefined) return attachTarget(contract, settings)
  const { own, supplies, signal } = settings
  const command = target.start
  const shown = createSecrets()
  for (const { name, value } of supplies?.secrets ?? []) shown.add(name, value)
  let changes = settings.env ?? {}
  let life: TargetProcess | undefined
  let state: TargetState = 'starting'
  let startMs = 0
  /** The longest start that ended well so far: the machine may be busy. */
  let longestMs = 0
  /** The last one. */
  let usualMs = 0
  const past: string[] = []
  let hasEnded = false

  async function begin({ expectReady = true, readyMs }: Omit<StartOptions, 'env'>): Promise<void> {
    const limit = readyMs ?? (expectReady ? target.readyMs : Math.max(doubtfulMs, 4 * longestMs))
    const began = performance.now()
    const refused = Math.max(patience.leastMs, patience.starts * usualMs)
    const answered = expectReady || readyMs !== undefined ? undefined : began + refused
    const free = began + limit + (past.length > 0 ? lingerMs : 0)
    let tried = began
    state = 'starting'
    for (; ; tried = performance.now()) {
      const deadline = tried + limit
      await untilFree(contract, life === undefined ? 1_000 : 10_000)
      const env = composeEnvironment(own, target.env, supplies?.env ?? {}, changes)
      life = startProcess({ command, cwd: contract.dir, env })
      state = await untilReady(contract, life, { deadline, answered, signal })
      if (state === 'silent' && readyMs === undefined)
        state = await untilReady(contract, life, {
          deadline: Math.max(deadline, began + silentMs),
          signal,
          tillItListens: true,
        })
      if (state === 'ready' || !isStillBound(life) || performance.now() > free) break
      await bury()
      await new Promise((done) => setTimeout(done, 500))
    }
    startMs = Math.round(performance.now() - tried)
    if (state === 'ready') {
      usualMs = startMs
      longestMs = Math.max(longestMs, startMs)
    }
    if (state === 'ready' || !expectReady) return
    const failure = notReady(contract, life, shown.redact(life.output()), limit, signal)
    await bury()
    hasEnded = true
    throw failure
  }

  async function bury(kill = true, graceMs?: number): Promise<void> {
    if (!life) return
    await (kill ? life.kill() : life.stop(graceMs))
    past.push(life.output())
    if (past.length > keptLives) past.splice(1, past.length - keptLives)
  }

  const end = async (kill: boolean): Promise<void> => {
    if (hasEnded) return
    await bury(kill)
    hasEnded = true
    state = 'stopped'
  }

  // A kill in the middle of a restart would leave a life behind that nobody knows.
  const inTurn = createTurns()

  await begin(settings)
  return {
    baseUrl: target.baseUrl,
    owned: true,
    get state() {
      if (state === 'stopped' || !life?.exit) return state
      return life.exit.code === 0 ? state : 'exited'
    },
    get pid() {
      return hasEnded ? undefined : life?.pid
    },
    get exit() {
      return life?.exit
    },
    get startMs() {
      return startMs
    },
    output: () => [...past, hasEnded ? '' : (life?.output() ?? '')].join(''),
    isReady: () => askReady(contract, signal),
    waitReady: async (ms = target.readyMs) =>
      life !== undefined &&
      (await untilReady(contract, life, { deadline: performance.now() + ms, signal })) === 'ready',
    kill9: () => inTurn(() => end(true)),
    stop: () => inTurn(() => end(false)),
    restart: (options = {}) =>
      inTurn(async () => {
        await end(false)
        if (options.env) changes = options.env
        hasEnded = false
        await begin(options)
      }),
  }
}

interface Waiting {
  /** Moments of `performance.now()`. */
  deadline: number
  /** After this what answers is not ready, where that is one of the two things it may be. */
  answered?: number | undefined
  /** An open port is enough. */
  tillItListens?: boolean
  signal: AbortSignal | undefined
}

/** Looks every few milliseconds, at first often: most of the time of a gate is starting. */
async function untilReady(
  contract: Contract,
  life: TargetProcess,
  { deadline, answered = Number.POSITIVE_INFINITY, tillItListens = false, signal }: Waiting,
): Promise<TargetState> {
  for (let pause = 10; ; pause = Math.min(pause * 1.2, 40)) {
    const readiness = await askReadiness(contract, signal)
    if (readiness === 'ready') return 'ready'
    if (readiness === 'answers' && performance.now() > answered) return 'not-ready'
    // A start command that ends well may have put the backend into the background.
    if (life.exit && life.exit.code !== 0) return 'exited'
    const isOver = performance.now() > deadline || signal?.aborted === true
    if (isOver || tillItListens) {
      const listens = await isPortOpen(contract.target.baseUrl)
      if (listens) return 'not-ready'
      if (isOver) return life.exit ? 'exited' : 'silent'
    }
    await new Promise((done) => setTimeout(done, pause))
  }
}

/** A killed server's connections may hold its port for up to a minute, and not every server asks to share it. */
const isStillBound = (life: TargetProcess): boolean =>
  life.exit !== undefined && /EADDRINUSE|address (already )?in use/i.test(life.output())

async function untilFree({ target: { baseUrl } }: Contract, patienceMs: number): Promise<void> {
  const deadline = performance.now() + patienceMs
  while (await isPortOpen(baseUrl)) {
    if (performance.now() > deadline) {
      const { host } = new URL(baseUrl)
      throw new GatekitError(
        {
          title: `something else already listens on ${host}`,
          remedy:
            'stop it, or choose another port in target.base_url and target.env; without target.start it would be the target',
        },
        exitCodes.undecided,
      )
    }
    await new Promise((done) => setTimeout(done, 50))
  }
}

function notReady(
  { target }: Contract,
  life: TargetProcess,
  output: string,
  limitMs: number,
  signal: AbortSignal | undefined,
): GatekitError {
  const last = output.trim().split('\n').slice(-6).join(' | ').slice(-600)
  const said = last === '' ? 'it printed nothing' : `it printed: ${last}`
  const { exit } = life
  const how = exit
    ? `ended (${exit.signal ?? `exit ${exit.code}`}) before it was ready`
    : `was not ready in ${limitMs} ms`
  const asked = target.ready === undefined ? `connect to ${target.baseUrl}` : `GET ${target.baseUrl}${target.ready}`
  return new GatekitError(
    {
      title: signal?.aborted ? 'interrupted while the backend started' : `the backend ${how}; ${said}`,
      remedy: `run \`${target.start}\` in the contract's folder yourself; ready means 2xx from ${asked}`,
    },
    signal?.aborted ? exitCodes.interrupted : exitCodes.undecided,
  )
}
