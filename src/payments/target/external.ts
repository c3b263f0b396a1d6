import { GatekitError } from '../../kernel/errors.ts'
import { exitCodes } from '../../kernel/exit.ts'
import type { Contract } from '../contract/schema.ts'
import { askReady } from './readiness.ts'
import type { StartOptions, Target } from './types.ts'

/** A backend that somebody else runs: it can be asked, and nothing else may be done to it. */
export async function attachTarget(
  contract: Contract,
  { expectReady = true, readyMs, signal }: StartOptions,
): Promise<Target> {
  const { baseUrl, ready } = contract.target
  const waitReady = async (ms = contract.target.readyMs): Promise<boolean> => {
    const deadline = performance.now() + ms
    while (!(await askReady(contract, signal))) {
      if (performance.now() > deadline || signal?.aborted) return false
      await new Promise((done) => setTimeout(done, 100))
    }
    return true
  }
  const began = performance.now()
  const isReady = await waitReady(readyMs ?? Math.min(contract.target.readyMs, 5_000))
  if (!isReady && expectReady) {
    throw new GatekitError(
      {
        title: `nothing ready at ${baseUrl}${ready ?? ''}`,
        remedy: 'start the backend, or give target.start so that the gate can start it',
      },
      exitCodes.undecided,
    )
  }
  const refuse = async (): Promise<never> => {
    throw new Error('a target without target.start cannot be stopped or restarted')
  }
  return {
    baseUrl,
    owned: false,
    state: isReady ? 'ready' : 'not-ready',
    pid: undefined,
    exit: undefined,
    startMs: Math.round(performance.now() - began),
    output: () => '',
    isReady: () => askReady(contract, signal),
    waitReady,
    kill9: refuse,
    stop: async () => {},
    restart: refuse,
  }
}
