import type { BackupReading, ReadOptions } from './define.ts'

/** Reads a backup without any server and says what is in it and what is wrong with it; throws only for errors of ours. */
export async function readBackup(path: string, options: ReadOptions = {}): Promise<BackupReading> {
  throw new Error(`not yet: ${path} ${JSON.stringify(options)}`)
}
