import { once } from 'node:events'
import { execa } from 'execa'
import { type Captured, capture } from './capture.ts'
import { signalGroup, stopGroup } from './process-group.ts'

export interface CommandRun {
  /** Undefined when a signal ended it or it never began. */
  exitCode?: number | undefined
  signal?: string | undefined
  /** `ENOENT`, `EACCES` … when it could not be started. */
  spawnError?: string
  stdout: Captured
  stderr: Captured
  durationMs: number
}

export interface CommandSettings {
  cwd: string
  env: Record<string, string>
  signal: AbortSignal
  /** Milliseconds from SIGTERM to SIGKILL. */
  graceMs?: number
}

/** How long output may still come in after the whole group is gone: someone left the group and holds the pipe. */
const drainMs = 500

/**
 * Runs a program in a process group of its own and resolves when nothing of the group is left: on abort, and also after a normal
 * end, whatever it left running is stopped, SIGTERM first. A server started in the background must not outlive the check.
 */
export async function runCommand(argv: readonly string[], settings: CommandSettings): Promise<CommandRun> {
  const { cwd, env, signal, graceMs = 5_000 } = settings
  const started = performance.now()
  const [file = '', ...args] = argv
  const child = execa(file, args, {
    cwd,
    env,
    extendEnv: false,
    stdin: 'ignore',
    buffer: false,
    reject: false,
    cleanup: false,
    detached: process.platform !== 'win32',
    windowsHide: true,
  })
  const stdout = capture(child.stdout)
  const stderr = capture(child.stderr)
  const { pid } = child
  // A second Ctrl-C ends gatekit at once; the group must not stay behind then either.
  const killNow = () => void (pid !== undefined && signalGroup(pid, 'SIGKILL'))
  process.once('exit', killNow)
  const stop = () => void stopGroup(child, { graceMs })
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    const ended = child.then((result) => result)
    if (pid !== undefined) {
      await once(child, 'exit')
      await stopGroup(child, { graceMs })
    }
    const drain = setTimeout(() => {
      child.stdout.destroy()
      child.stderr.destroy()
    }, drainMs)
    const result = await ended
    clearTimeout(drain)
    return {
      exitCode: result.exitCode,
      signal: result.signal,
      ...(pid === undefined && { spawnError: result.code ?? 'unknown' }),
      stdout: stdout(),
      stderr: stderr(),
      durationMs: Math.round(performance.now() - started),
    }
  } finally {
    process.off('exit', killNow)
    signal.removeEventListener('abort', stop)
  }
}
