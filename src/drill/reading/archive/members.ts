import { drained } from '../drained.ts'
import { BrokenBackup } from '../source/broken.ts'
import type { Bytes } from '../source/bytes.ts'
import { gunzip } from '../source/gzip.ts'
import type { ArchiveData } from './data.ts'
import type { TocEntry } from './toc.ts'

/** The files of an archive that has one per table: a folder, or a tar of one. */
export interface ArchiveFiles {
  /** Names without the folder that all of them are in. */
  names(): ReadonlySet<string>
  open(name: string): Promise<Bytes>
  close(): Promise<void>
}

const endings = ['', '.gz', '.lz4', '.zst']

/** Name under which a file is there, compressed or not. */
export const findMember = (files: ArchiveFiles, name: string): string | undefined =>
  endings.map((ending) => name + ending).find((each) => files.names().has(each))

/** Content of a file of the archive; compression goes by its ending, as for pg_restore. */
export async function* openMember(files: ArchiveFiles, name: string): AsyncGenerator<Buffer> {
  const found = findMember(files, name)
  if (found === undefined) throw new BrokenBackup('MEMBER_MISSING', `the file ${name} is missing`, name)
  const stored = await files.open(found)
  if (found.endsWith('.gz')) yield* gunzip(stored)
  else if (found.endsWith('.lz4')) yield* (await import('../source/lz4.ts')).unlz4(stored)
  else if (found.endsWith('.zst')) yield* (await import('../source/zstd.ts')).unzstd(stored)
  else yield* stored
}

/** Large objects of an entry, by the list that pg_dump wrote beside them. */
export async function objectFiles(files: ArchiveFiles, entry: TocEntry): Promise<{ oid: string; file: string }[]> {
  const parts: Buffer[] = []
  const list = entry.file?.endsWith('.toc') ? entry.file : 'blobs.toc'
  for await (const chunk of openMember(files, list)) parts.push(chunk)
  const lines = Buffer.concat(parts).toString('utf8').split('\n')
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const [, oid, file] = /^(\d+) (\S+)$/.exec(line) ?? []
      if (oid === undefined || file === undefined)
        throw new BrokenBackup('CORRUPT', `${list} holds a line that is none of its own`, 'large objects')
      return { oid, file }
    })
}

/** Data of an archive with one file per table. */
export const memberData = (files: ArchiveFiles): ArchiveData => ({
  async table(entry) {
    return drained(openMember(files, entry.file ?? `${entry.dumpId}.dat`))
  },
  async *largeObjects(entry) {
    for (const { oid, file } of await objectFiles(files, entry)) {
      const content = drained(openMember(files, file))
      yield { oid, ...content }
      await content.drain()
    }
  },
  close: () => files.close(),
})
