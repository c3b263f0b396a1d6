import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReadOptions } from '../define.ts'
import { fileBytes } from '../source/bytes.ts'
import type { ArchiveFiles } from './members.ts'

/** The files of a folder, not of folders in it; names of an archive never lead out of it because only listed ones are opened. */
export async function folderFiles(path: string, { signal }: ReadOptions): Promise<ArchiveFiles> {
  const listed = await readdir(path, { withFileTypes: true })
  const names = new Set(listed.filter((each) => each.isFile()).map(({ name }) => name))
  return {
    names: () => names,
    async close() {
      // Each is closed when it was read.
    },
    open: async (name) => fileBytes(join(path, name), { signal }),
  }
}
