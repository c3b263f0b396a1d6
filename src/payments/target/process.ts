import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { capture } from '../../kernel/capture.ts'
import { signalGroup } from '../../kernel/process-group.ts'
import { postGuardian } from './guardian.ts'
import { findRelatives, isGone, killMarkedScript, markName, type Relative } from './marked.ts'

export interface ProcessSettings {
  command: string
  cwd: string
  env: Record<string, string>
}

/** One life of a target: a shell command in a process group of its own, and all that it brought to life. */
export interface TargetProcess {
  readonly pid: number | undefined
  /** How the command itself ended; what it left running may still live. */
  readonly exit: { code: number | null; signal: string | null } | undefined
  output(): string
  /** SIGKILL to everything at once; resolves when nothing of it runs. */
  kill(): Promise<void>
  /** SIGTERM, then SIGKILL to what is left after `graceMs`. */
  stop(graceMs?: number): Promise<void>
}

const keptBytes = 256 * 1024

/** Never longer than this for processes that even SIGKILL does not end, such as those in a stuck system call. */
const deathMs = 10_000

export function startProcess({ command, cwd, env }: ProcessSettings): TargetProcess {
  const mark = randomBytes(12).toString('hex')
  const child = spawn('sh', ['-c', command], {
    cwd,
    env: { ...env, [markName]: mark },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { pid } = child
  const outputs = [capture(child.stdout, keptBytes, keptBytes), capture(child.stderr, keptBytes, keptBytes)]
  const guardian = pid === undefined ? undefined : postGuardian({ script: killMarkedScript, args: [String(pid), mark] })
  let exit: TargetProcess['exit']
  child.once('exit', (code, signal) => {
    exit = { code, signal }
  })
  child.once('error', () => {
    exit ??= { code: 127, signal: null }
  })

  /** Those that had left the group when they were told to end. */
  const leaving: Relative[] = []

  /** An id may belong to somebody else by now, so only what is known to be ours gets a signal. */
  function signalAll(signal: NodeJS.Signals): void {
    if (pid === undefined) return
    const isLeading = exit === undefined
    if (isLeading) signalGroup(pid, signal)
    for (const relative of findRelatives(mark, pid) ?? []) {
      if (!relative.isMarked || (isLeading && relative.isInGroup)) continue
      killOne(relative.pid, signal)
      leaving.push(relative)
    }
  }
  const killNow = () => signalAll('SIGKILL')
  process.once('exit', killNow)

  function isAlive(): boolean {
    if (exit === undefined) return true
    if (pid === undefined) return false
    const relatives = findRelatives(mark, pid)
    if (!relatives) return signalGroup(pid, 0)
    return relatives.length > 0 || leaving.some((each) => !isGone(each))
  }

  /** Resolves to whether everything was gone in time. */
  async function gone(withinMs: number): Promise<boolean> {
    const deadline = performance.now() + withinMs
    while (isAlive()) {
      if (performance.now() > deadline) return false
      await new Promise((done) => setTimeout(done, 5))
    }
    return true
  }

  const finish = () => {
    guardian?.dismiss()
    process.off('exit', killNow)
    child.stdout.destroy()
    child.stderr.destroy()
  }

  async function kill(): Promise<void> {
    killNow()
    const deadline = performance.now() + deathMs
    // Whoever was being born while the first signal went out gets the next one.
    while (!(await gone(100)) && performance.now() < deadline) killNow()
    await drained(child)
    finish()
  }

  return {
    pid,
    get exit() {
      return exit
    },
    output: () => outputs.map((read) => read().text).join(''),
    kill,
    async stop(graceMs = 3_000) {
      signalAll('SIGTERM')
      if (await gone(graceMs)) await drained(child)
      await kill()
    },
  }
}

/** What was written just before the end is still in the pipes. */
async function drained({ stdout, stderr }: ChildProcess): Promise<void> {
  const ends = [stdout, stderr].map((stream) =>
    !stream || stream.destroyed || stream.readableEnded
      ? undefined
      : new Promise<void>((done) => stream.once('close', () => done())),
  )
  await Promise.race([Promise.all(ends), new Promise((done) => setTimeout(done, 200).unref())])
}

function killOne(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended in the meantime.
  }
}
