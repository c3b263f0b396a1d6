import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { usageError } from '../../kernel/errors.ts'
import { makeOwnBackend, type OwnBackend } from '../../payments/matrix/own-backend.ts'
import { contractOf } from '../../payments/matrix/rows.ts'
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
  const { mutant, reference, contract } = options as {
    mutant?: string
    reference?: boolean | string
    contract?: string
  }
  if (mutant === undefined && !reference)
    return contract === undefined && !existsSync(resolve(cwd, defaultContract)) ? makeOwnBackend() : undefined
  if (contract !== undefined)
    throw usageError('--contract names another backend than --mutant or --reference', 'use one of them')
  if (mutant !== undefined) return makeMutant(mutant)
  if (reference === true || reference === 'payments') return makeOwnBackend()
  if (reference === 'metering') return makeOwnBackend([], 'metering')
  throw usageError(`--reference ${reference}: no such part`, 'use payments (or nothing) or metering')
}

async function makeMutant(id: string): Promise<OwnBackend> {
  const { mutants } = await import('../../backend/mutants/list.ts')
  if (!Object.hasOwn(mutants, id))
    throw usageError(`--mutant ${id}: no such mutant`, `use one of: ${Object.keys(mutants).join(', ')}`)
  const defects = [(await mutants[id]?.load())?.defect ?? []].flat()
  return makeOwnBackend(['--mutant', id], contractOf(defects))
}
