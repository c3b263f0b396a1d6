import { statfs } from 'node:fs/promises'
import { stop } from './findings.ts'
import type { BackupReading } from './reading/define.ts'

/** A restored database takes this many bytes for each of the plain dump: rows with headers, indexes, WAL. */
const growth = 2.5
/** A fresh cluster. */
const floor = 100e6

/** Throws NO_SPACE when the folder has not enough for the restored database. */
export async function checkSpace(folder: string, reading: Pick<BackupReading, 'plainBytes'>): Promise<void> {
  const needed = reading.plainBytes * growth + floor
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  if (free >= needed) return
  throw stop(
    'NO_SPACE',
    'preflight',
    `the restore needs about ${megabytes(needed)}, ${folder} has ${megabytes(free)} free`,
    {
      object: folder,
    },
  )
}

export const megabytes = (bytes: number): string =>
  bytes < 1e6
    ? `${Math.ceil(bytes / 1000)} KB`
    : bytes < 1e9
      ? `${(bytes / 1e6).toFixed(1)} MB`
      : `${(bytes / 1e9).toFixed(2)} GB`
