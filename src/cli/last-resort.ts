import { type ExitCode, exitCodes } from '../kernel/exit.ts'

/**
 * Keeps a reader who left (`gatekit … | head`) from changing the verdict: what nobody reads any more is not written. Output that cannot be
 * written for another reason, such as a full disk, is missing where someone waits for it, and that is exit code 3.
 */
export function watchOutputs(): { exitCode(): ExitCode } {
  let code: ExitCode = exitCodes.pass
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') code = exitCodes.undecided
    })
  }
  return { exitCode: () => code }
}

/** An error that nobody caught would end the process with 1, which says that a check failed; it is a bug, and `end` tells it as one. */
export function watchUnexpected(end: (error: unknown) => void): void {
  process.once('uncaughtException', end)
  process.once('unhandledRejection', end)
}
