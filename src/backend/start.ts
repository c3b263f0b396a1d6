import { GatekitError, usageError } from '../kernel/errors.ts'
import { exitCodes } from '../kernel/exit.ts'
import type { Change } from './change.ts'
import { startProcess } from './main.ts'

/**
 * `backend [--mutant ID | --variant ID]`: runs until SIGTERM or SIGINT; resolves to the exit code. A mutant is chosen by argument only: no
 * variable that might be left over in an environment turns one on.
 */
export async function main(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  try {
    const running = await startProcess(env, await changeOf(args))
    await new Promise<void>((done) => {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => done())
    })
    await running.close()
    return exitCodes.pass
  } catch (error) {
    process.stderr.write(`error: ${error instanceof GatekitError ? error.message : reasonOf(error)}\n`)
    return error instanceof GatekitError ? error.exitCode : exitCodes.bug
  }
}

async function changeOf([option, id, ...rest]: readonly string[]): Promise<{ change?: Change; isDefect?: boolean }> {
  if (option === undefined) return {}
  if (rest.length > 0 || !id || (option !== '--mutant' && option !== '--variant'))
    throw usageError('unknown arguments', 'use --mutant ID or --variant ID, or nothing')
  const isDefect = option === '--mutant'
  const entry = isDefect
    ? (await import('./mutants/list.ts')).mutants[id]
    : (await import('./variants/list.ts')).variants[id]
  if (!entry) throw usageError(`there is no ${option.slice(2)} "${id.slice(0, 40)}"`, 'see docs/payments-matrix.md')
  return { change: await entry.load(), isDefect }
}

/** A driver's message can hold an address with a password; its code cannot. */
const reasonOf = (error: unknown): string =>
  `the backend could not start (${(error as { code?: string }).code ?? (error as Error).name})`
