import { randomBytes } from 'node:crypto'
import { access, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { linkOnce, syncFolder, writeSynced } from '../kernel/files.ts'
import { shareRuns } from '../kernel/share-runs.ts'

/** All that the outbox does to the file system; tests put faults in between. */
export interface Disk {
  /** Writes and fsyncs a file that must not exist yet. */
  write(path: string, text: string): Promise<void>
  /** False when the name is taken. */
  link(existing: string, name: string): Promise<boolean>
  rename(from: string, to: string): Promise<void>
  /** Undefined when there is no such file. */
  read(path: string): Promise<string | undefined>
  exists(path: string): Promise<boolean>
  remove(path: string): Promise<void>
  names(folder: string): Promise<string[]>
  makeFolder(path: string, options?: { recursive: boolean }): Promise<void>
  sync(folder: string): Promise<void>
  /** Milliseconds since the last change, by the machine's own clock; undefined when there is no such file. */
  age(path: string): Promise<number | undefined>
}

export const realDisk: Disk = {
  write: (path, text) => writeSynced(path, text),
  link: linkOnce,
  rename,
  read: (path) => orMissing(readFile(path, 'utf8')),
  exists: async (path) => (await orMissing(access(path).then(() => true))) ?? false,
  remove: (path) => rm(path, { force: true }),
  names: async (folder) => (await orMissing(readdir(folder))) ?? [],
  makeFolder: async (path, options) => {
    try {
      await mkdir(path, options)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  },
  sync: syncFolder,
  age: async (path) => {
    const found = await orMissing(stat(path))
    return found && Date.now() - found.mtimeMs
  },
}

/** Many callers, one fsync of each folder: it covers every link made before it began. */
export function shareSyncs(disk: Disk): (folder: string) => Promise<void> {
  const folders = new Map<string, () => Promise<void>>()
  return (folder) => {
    const sync = folders.get(folder) ?? shareRuns(() => disk.sync(folder))
    folders.set(folder, sync)
    return sync()
  }
}

/** Six hex characters of real randomness. */
export const randomSuffix = (): string => randomBytes(3).toString('hex')

async function orMissing<Value>(reading: Promise<Value>): Promise<Value | undefined> {
  try {
    return await reading
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
