import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { usageError } from '../../kernel/errors.ts'
import { makeOwnBackend, type OwnBackend } from '../../payments/matrix/own-backend.ts'
import type { CommandContext } from '../define.ts'
import { defaultContract } from './options.ts'

/**
 * gatekit's own backend, with a defect put in where `mutant` names one; also where there is no contract to go by, for a first look.
 * Undefined where a contract is given or found.
 */
export async function ownBackend({
  options,
  cwd,
}: Pick<CommandContext, 'options' | 'cwd'>): Promise<OwnBackend | undefined> {
  const { mutant, reference, contract } = options as { mutant?: string; reference?: boolean; contract?: string }
  if (mutant === undefined && !reference)
    return contract === undefined && !existsSync(resolve(cwd, defaultContract)) ? makeOwnBackend() : undefined
  if (contract !== undefined)
    throw usageError('--contract names another backend than --mutant or --reference', 'use one of them')
  if (mutant !== undefined) await assertKnown(mutant)
  return makeOwnBackend(mutant === undefined ? [] : ['--mutant', mutant])
}

async function assertKnown(mutant: string): Promise<void> {
  const { mutants } = await import('../../backend/mutants/list.ts')
  if (!Object.hasOwn(mutants, mutant))
    throw usageError(`--mutant ${mutant}: no such mutant`, `use one of: ${Object.keys(mutants).join(', ')}`)
}
