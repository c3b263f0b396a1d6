import { createHash } from 'node:crypto'
import { type Finding, stop } from '../findings.ts'
import { fileBytes } from '../reading/source/bytes.ts'
import type { SelectedBackup } from './define.ts'

/** CHECKSUM_MISMATCH when the backup is not the one that the checksum file beside it was made of; `sha256` is that of the backup. */
export async function checkPromise(
  { promised, realPath, kind }: SelectedBackup,
  sha256: string,
  signal: AbortSignal,
): Promise<Finding[]> {
  if (!promised || (promised.algorithm !== 'sha256' && kind === 'folder')) return []
  const own = promised.algorithm === 'sha256' ? sha256 : await digestOf(realPath, promised.algorithm, signal)
  if (own === promised.digest) return []
  const message = `${promised.sidecar} promises another ${promised.algorithm.toUpperCase()} than the backup has`
  return [stop('CHECKSUM_MISMATCH', 'read', message, { object: promised.sidecar }).finding]
}

async function digestOf(path: string, algorithm: string, signal: AbortSignal): Promise<string> {
  const hash = createHash(algorithm)
  for await (const chunk of fileBytes(path, { signal })) hash.update(chunk)
  return hash.digest('hex')
}
