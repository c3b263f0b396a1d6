import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../kernel/files.ts'

/** A key of the right form; the same for the same seed. */
export const makeKey = (prefix: string, seed: number | undefined): string =>
  seed === undefined ? `${prefix}${randomBytes(16).toString('hex')}` : `${prefix}${String(seed).padStart(32, '0')}`

/** A key that is the same at every start with this folder; a new one where there is no folder. */
export async function keptKey(dataDir: string | undefined, prefix: string, seed: number | undefined): Promise<string> {
  if (dataDir === undefined) return makeKey(prefix, seed)
  const path = join(dataDir, `${prefix}key`)
  const kept = await readFile(path, 'utf8').catch(() => '')
  if (kept.startsWith(prefix)) return kept.trim()
  const key = makeKey(prefix, seed)
  await writeFileAtomic(path, `${key}\n`, 0o600)
  return key
}

/** The name under which checks reach the database of an embedded backend that has no server of its own. */
export const embeddedDatabaseUrl = 'pglite://embedded/app'
