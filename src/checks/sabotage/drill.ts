import { mkdir, readFile, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { selectBackup } from '../../drill/select/select-backup.ts'
import { maxCopyBytes } from '../../drill/selftest/bad-copies.ts'
import { fileMutations } from '../../drill/selftest/bytes-mutations.ts'
import { packageFile } from '../../kernel/package.ts'
import type { Sabotage, Twin } from '../define.ts'

/** No backup, and bad copies of the one that has just been restored. */
export const sabotageDrill: Sabotage = async (options, { context, emptyDir, file }) => {
  const { backup: _backup, dir: _dir, pattern: _pattern, ...others } = options
  await mkdir(resolve(emptyDir, 'none'))
  const twins: Twin[] = [{ name: 'no backup', options: { ...others, dir: 'none' }, context: { rootDir: emptyDir } }]
  const good = await newest(options, context.rootDir)
  if (!good) return twins
  for (const mutation of fileMutations) {
    if (mutation.kind !== 'bytes' || !['empty', 'cut-half'].includes(mutation.id)) continue
    const name = `${mutation.id}-${basename(good)}`
    await file(name, await mutation.change(await readFile(good)))
    twins.push({
      name: `a backup ${mutation.title}`,
      options: { ...others, backup: name },
      context: { rootDir: emptyDir },
    })
  }
  return twins
}

/** The backup that a drill of these options takes; undefined for folders, and for files too large to copy. */
async function newest(options: Record<string, unknown>, rootDir: string): Promise<string | undefined> {
  const { backup, dir, pattern, order } = options as Partial<Record<string, string>>
  const folder = dir === undefined ? packageFile('fixtures/drill/demo') : resolve(rootDir, dir)
  const path =
    backup !== undefined
      ? resolve(rootDir, backup)
      : (
          await selectBackup({
            dir: folder,
            order: order === 'mtime' ? 'mtime' : 'name',
            checksum: 'when-present',
            stableMs: 0,
            ...(pattern && { pattern }),
          })
        ).path
  const info = await stat(path).catch(() => undefined)
  return info?.isFile() && info.size <= maxCopyBytes ? path : undefined
}
