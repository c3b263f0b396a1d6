import { GatekitError } from '../kernel/errors.ts'
import { exitCodes } from '../kernel/exit.ts'
import { type Change, startProcess } from './main.ts'

/**
 * `backend [--mutant ID | --variant ID]`: runs until SIGTERM or SIGINT; resolves to the exit code. A mutant is chosen by argument only: no
 * variable that might be left over in an environment turns one on.
 */
export async function main(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  try {
    const change = await changeOf(args)
    const running = await startProcess(env, change)
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

async function changeOf([option, id, ...rest]: readonly string[]): Promise<Change | undefined> {
  if (option === undefined) return undefined
  const { findChange } = await import('./mutants/find.ts')
  return findChange(rest.length === 0 ? option : '', id)
}

/** A driver's message can hold an address with a password; its code cannot. */
const reasonOf = (error: unknown): string =>
  `the backend could not start (${(error as { code?: string }).code ?? (error as Error).name})`
