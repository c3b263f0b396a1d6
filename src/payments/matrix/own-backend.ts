import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../kernel/free-port.ts'
import { writeReferenceContract } from './reference-contract.ts'

export interface OwnBackend {
  /** Of its contract. */
  path: string
  remove(): Promise<void>
}

/** gatekit's own backend in a temporary folder and on a port that nobody else has. `args` as in `['--mutant', 'B1']`. */
export async function makeOwnBackend(args: readonly string[] = [], contract?: 'metering'): Promise<OwnBackend> {
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-reference-'))
  const path = await writeReferenceContract({ dir, port: await freePort(2), args, contract })
  return { path, remove: () => rm(dir, { recursive: true, force: true }) }
}
