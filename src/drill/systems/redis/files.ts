import { copyFile, cp, mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { stop } from '../../findings.ts'

/** Puts an append-only file, or the folder of a multi-part one, where a server with appendonly on looks for it. */
export async function appendOnlyFiles(backup: string, dir: string): Promise<void> {
  const info = await stat(backup)
  if (info.isFile()) {
    // The old layout: a server of Redis 7 takes it over when it starts.
    await copyFile(backup, join(dir, 'appendonly.aof'))
    return
  }
  const names = await readdir(backup)
  const inside = names.includes('appendonlydir') ? join(backup, 'appendonlydir') : backup
  const files = await readdir(inside)
  const manifest = files.find((name) => name.endsWith('.manifest'))
  if (!manifest) {
    if (!files.includes('appendonly.aof'))
      throw stop('MEMBER_MISSING', 'provision', 'the folder holds no manifest of an append-only file')
    await copyFile(join(inside, 'appendonly.aof'), join(dir, 'appendonly.aof'))
    return
  }
  const target = join(dir, 'appendonlydir')
  await mkdir(target, { mode: 0o700 })
  for (const name of files) {
    // The server looks for files that are named after its setting; whatever they were called, they are called so here.
    const prefix = manifest.slice(0, -'.manifest'.length)
    if (!name.startsWith(prefix)) continue
    await cp(join(inside, name), join(target, name))
  }
}

/** The name that the server must be told, from the files of a multi-part append-only file. */
export async function appendFileName(dir: string): Promise<string> {
  const files = await readdir(join(dir, 'appendonlydir')).catch(() => [])
  return files.find((name) => name.endsWith('.manifest'))?.slice(0, -'.manifest'.length) ?? 'appendonly.aof'
}
