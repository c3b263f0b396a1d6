import { stat } from 'node:fs/promises'
import type { BackupReading, ReadOptions } from './define.ts'
import { readFile } from './read-file.ts'
import { readFolder } from './read-folder.ts'

/** Reads a backup without any server and says what is in it and what is wrong with it; throws only for errors of ours. */
export async function readBackup(path: string, options: ReadOptions = {}): Promise<BackupReading> {
  const found = await stat(path)
  return found.isDirectory() ? readFolder(path, options) : readFile(path, options)
}
