import type { BackupReading, ReadOptions } from './define.ts'

/** Reads a backup that is a folder: `pg_dump -Fd`, a base backup, Redis' appendonlydir. */
export async function readFolder(path: string, options: ReadOptions): Promise<BackupReading> {
  throw new Error(`not yet ${path} ${JSON.stringify(options)}`)
}
