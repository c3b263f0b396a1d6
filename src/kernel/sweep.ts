import { type FileHandle, open, readdir, readlink, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { SecretHit, Secrets } from './secrets.ts'

export interface SweepHit extends SecretHit {
  /** Relative to the folder, with forward slashes. */
  file: string
}

export interface SweepResult {
  /** How many files were looked at: nothing found in nothing is not a clean sweep. */
  files: number
  bytes: number
  hits: SweepHit[]
}

/** Files are read in pieces, so a huge one costs no memory; pieces overlap so that a secret on a border is whole in one of them. */
const defaultPieces = { size: 8 * 1024 * 1024, overlap: 64 * 1024 }

/**
 * Looks for secrets in everything below a folder: contents, names of files and targets of symbolic links (which are not followed).
 * Throws what the file system throws: a file that cannot be read has not been swept.
 */
export async function sweepFolder(dir: string, secrets: Secrets, pieces = defaultPieces): Promise<SweepResult> {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true })
  const result: SweepResult = { files: 0, bytes: 0, hits: [] }
  for (const entry of entries.sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1))) {
    const path = pathOf(entry)
    const file = relative(dir, path).split(sep).join('/')
    const named = secrets.sweep(file)
    result.hits.push(
      ...named.map(({ name }) => ({ name, encoding: 'file name', offset: 0, file: secrets.redact(file) })),
    )
    if (entry.isSymbolicLink())
      result.hits.push(...secrets.sweep(await readlink(path)).map((hit) => ({ ...hit, file })))
    if (!entry.isFile()) continue
    result.files++
    for await (const hit of sweepFile(path, secrets, pieces)) result.hits.push({ ...hit, file: secrets.redact(file) })
    result.bytes += (await stat(path)).size
  }
  return result
}

async function* sweepFile(
  path: string,
  secrets: Secrets,
  { size, overlap }: typeof defaultPieces,
): AsyncGenerator<SecretHit> {
  const handle = await open(path)
  const seen = new Set<string>()
  try {
    for (let at = 0; ; at += size) {
      const piece = await readPiece(handle, at, size + overlap)
      for (const hit of secrets.sweep(piece)) {
        const found = { ...hit, offset: hit.offset + at }
        const key = `${found.name}:${found.offset}`
        if (!seen.has(key)) yield found
        seen.add(key)
      }
      if (piece.length <= size) return
    }
  } finally {
    await handle.close()
  }
}

async function readPiece(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}

const pathOf = (entry: { parentPath: string; name: string }): string => join(entry.parentPath, entry.name)
