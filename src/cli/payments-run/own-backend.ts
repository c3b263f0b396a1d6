import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { usageError } from '../../kernel/errors.ts'
import { writeReferenceContract } from '../../payments/matrix/reference-contract.ts'
import { freePort } from '../../payments/matrix/run.ts'

export interface OwnBackend {
  /** Of its contract. */
  path: string
  remove(): Promise<void>
}

/**
 * gatekit's own backend, with a defect put in where `mutant` names one, in a folder and on a port that nobody else has. Undefined where
 * neither was asked for.
 */
export async function ownBackend(options: Record<string, unknown>): Promise<OwnBackend | undefined> {
  const { mutant, reference, contract } = options as { mutant?: string; reference?: boolean; contract?: string }
  if (mutant === undefined && !reference) return undefined
  if (contract !== undefined)
    throw usageError('--contract names another backend than --mutant or --reference', 'use one of them')
  if (mutant !== undefined) await assertKnown(mutant)
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-reference-'))
  const args = mutant === undefined ? [] : ['--mutant', mutant]
  const path = await writeReferenceContract({ dir, port: await freePort(), args })
  return { path, remove: () => rm(dir, { recursive: true, force: true }) }
}

async function assertKnown(mutant: string): Promise<void> {
  const { mutants } = await import('../../backend/mutants/list.ts')
  if (!Object.hasOwn(mutants, mutant))
    throw usageError(`--mutant ${mutant}: no such mutant`, `use one of: ${Object.keys(mutants).join(', ')}`)
}
