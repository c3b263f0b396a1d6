import type { BackupReading } from '../define.ts'
import { BrokenBackup } from '../source/broken.ts'
import { ByteCursor } from '../source/cursor.ts'
import type { DumpFacts } from '../sql/dump-facts.ts'
import { judgeArchive, readEntries, readLargeObject, readTable } from './archive-facts.ts'
import { type ArchiveFiles, objectFiles, openMember } from './members.ts'
import { nameOf } from './read-archive.ts'
import { readToc } from './read-toc.ts'
import { standardStringsOf } from './table-data.ts'
import type { Archive, TocEntry } from './toc.ts'

/** What openStatements needs to find its way: the table of contents; files are found by it. */
export interface MembersMap {
  archive: Archive
}

/** Reads an archive with one file per table: every file that the table of contents names, whole. */
export async function readMembers(files: ArchiveFiles, facts: DumpFacts, reading: BackupReading): Promise<MembersMap> {
  reading.tool = 'pg_dump'
  const archive = await readContents(files, facts)
  readEntries(archive, facts)
  if (facts.header.database !== undefined) reading.databases = [facts.header.database]
  for (const entry of archive.entries) {
    if (entry.desc === 'TABLE DATA' && entry.hasData)
      await guarded(facts, nameOf(entry), () => readData(files, entry, archive, facts))
    if (entry.desc === 'BLOBS' && entry.hasData)
      await guarded(facts, nameOf(entry), () => readObjects(files, entry, facts))
  }
  judgeArchive(archive, facts)
  return { archive }
}

async function readContents(files: ArchiveFiles, facts: DumpFacts): Promise<Archive> {
  const cursor = new ByteCursor(await files.open('toc.dat'))
  try {
    const archive = await readToc(cursor)
    if (!(await cursor.atEnd())) facts.found('CORRUPT', 'toc.dat goes on behind its end', 'toc.dat')
    return archive
  } finally {
    await cursor.close()
  }
}

async function readData(files: ArchiveFiles, entry: TocEntry, archive: Archive, facts: DumpFacts): Promise<void> {
  const content = openMember(files, entry.file ?? `${entry.dumpId}.dat`)
  await readTable(entry, content, facts, standardStringsOf(archive))
}

async function readObjects(files: ArchiveFiles, entry: TocEntry, facts: DumpFacts): Promise<void> {
  for (const { oid, file } of await objectFiles(files, entry))
    await guarded(facts, `large object ${oid}`, () => readLargeObject(oid, openMember(files, file), facts))
}

/** One broken file does not hide the next. */
async function guarded(facts: DumpFacts, object: string, read: () => Promise<void>): Promise<void> {
  try {
    await read()
  } catch (error) {
    if (!(error instanceof BrokenBackup)) throw error
    facts.found(error.code, error.message, object)
  }
}
