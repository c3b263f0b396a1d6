import { createHash } from 'node:crypto'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { folderFiles } from './archive/folder-files.ts'
import { readMembers } from './archive/read-members.ts'
import type { BackupReading, ReadOptions } from './define.ts'
import { emptyReading, finishReading } from './empty-reading.ts'
import { readAofFolder } from './redis/read-redis.ts'
import { BrokenBackup } from './source/broken.ts'
import { fileBytes } from './source/bytes.ts'
import { DumpFacts } from './sql/dump-facts.ts'

/** Reads a backup that is a folder: `pg_dump -Fd`, a base backup, Redis' appendonlydir. */
export async function readFolder(path: string, options: ReadOptions): Promise<BackupReading> {
  const facts = new DumpFacts(new Set(options.allow), options.onHead)
  const reading = emptyReading(path)
  Object.assign(reading, await hashFolder(path, options))
  reading.plainBytes = reading.bytes
  const names = new Set(await readdir(path))
  const manifest = [...names].find((name) => name.endsWith('.aof.manifest'))
  if (
    names.has('PG_VERSION') ||
    names.has('backup_manifest') ||
    [...names].some((name) => /^base\.tar(\.\w+)?$/.test(name))
  ) {
    reading.format = 'base'
  } else if (names.has('toc.dat')) {
    reading.format = 'directory'
    await guarded(facts, 'toc.dat', () => readDump(path, options, facts, reading))
  } else if (manifest) {
    await guarded(facts, manifest, () => readAofFolder(path, names, manifest, options, facts, reading))
  } else if (names.size === 0) {
    facts.found('EMPTY', 'the folder holds nothing')
  } else if ([...names].some((name) => /^(\d+\.dat|blob_\d+\.dat|blobs.*\.toc)/.test(name))) {
    facts.found('MEMBER_MISSING', 'the table of contents is missing', 'toc.dat')
  } else {
    facts.found('NOT_A_DUMP', 'the folder is of no kind of backup that is known')
  }
  return finishReading(reading, facts)
}

async function readDump(path: string, options: ReadOptions, facts: DumpFacts, reading: BackupReading): Promise<void> {
  reading.private = await readMembers(await folderFiles(path, options), facts, reading)
}

async function guarded(facts: DumpFacts, object: string, read: () => Promise<void>): Promise<void> {
  try {
    await read()
  } catch (error) {
    if (!(error instanceof BrokenBackup)) throw error
    facts.found(error.code, error.message, error.object ?? object)
  }
}

/** SHA-256 of the lines `<sha256>  <name>` of all files, sorted by name; links are not followed. */
async function hashFolder(path: string, { signal }: ReadOptions): Promise<{ sha256: string; bytes: number }> {
  const names = (await readdir(path, { recursive: true })).sort()
  const whole = createHash('sha256')
  let bytes = 0
  for (const name of names) {
    if (!(await lstat(join(path, name))).isFile()) continue
    const hash = createHash('sha256')
    for await (const chunk of fileBytes(join(path, name), { signal })) {
      hash.update(chunk)
      bytes += chunk.length
    }
    whole.update(`${hash.digest('hex')}  ${name}\n`)
  }
  return { sha256: whole.digest('hex'), bytes }
}
