import { stat } from 'node:fs/promises'
import type { BackupReading, ReadOptions } from './define.ts'
import { readFile } from './read-file.ts'

/** Reads a backup without any server and says what is in it and what is wrong with it; throws only for errors of ours. */
export async function readBackup(path: string, options: ReadOptions = {}): Promise<BackupReading> {
  const found = await stat(path)
  if (!found.isDirectory()) return readFile(path, options)
  const { readFolder } = await import('./read-folder.ts')
  return readFolder(path, options)
}
