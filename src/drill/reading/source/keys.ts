import { readFile } from 'node:fs/promises'
import { usageError } from '../../../kernel/errors.ts'
import type { KeySource } from '../define.ts'

/** A key or passphrase, from a file or a variable; never from an option's value. undefined when none is named. */
export async function loadKey(source: KeySource | undefined, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (source?.env !== undefined) {
    const value = env[source.env]
    if (value === undefined || value === '')
      throw usageError(`the variable ${source.env} is not set`, 'it should hold the key of the backup')
    return value
  }
  if (source?.file === undefined) return undefined
  try {
    return await readFile(source.file, 'utf8')
  } catch (error) {
    throw usageError(`the key file ${source.file} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

/** A passphrase without the end of line that editors put into files. */
export const loadPassphrase = async (
  source: KeySource | undefined,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> => (await loadKey(source, env))?.replace(/\r?\n$/, '')
