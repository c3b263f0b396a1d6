import type { BackupReading } from '../define.ts'
import { drained } from '../drained.ts'
import { BrokenBackup } from '../source/broken.ts'
import { type Bytes, peek } from '../source/bytes.ts'
import { ByteCursor } from '../source/cursor.ts'
import { decompress } from '../source/inflate.ts'
import type { DumpFacts } from '../sql/dump-facts.ts'
import { judgeArchive, readEntries, readLargeObject, readTable } from './archive-facts.ts'
import { DataBlocks } from './blocks.ts'
import { readToc } from './read-toc.ts'
import { standardStringsOf } from './table-data.ts'
import { type Archive, type TocEntry, versionName } from './toc.ts'

/** What openStatements needs to find its way in an archive. */
export interface ArchiveMap {
  archive: Archive
  /** Where the data of an entry begins, by dump id. */
  offsets: Map<number, number>
}

/** Reads an archive of `pg_dump -Fc` in one pass: every block of data is looked at, wherever the archive says that it stands. */
export async function readArchive(bytes: Bytes, facts: DumpFacts, reading: BackupReading): Promise<void> {
  reading.format = 'custom'
  reading.tool = 'pg_dump'
  const { head, bytes: whole } = await peek(bytes, 2 ** 20)
  const cursor = new ByteCursor(whole)
  try {
    const archive = await tocOf(cursor, head)
    readEntries(archive, facts)
    if (facts.header.database !== undefined) reading.databases = [facts.header.database]
    const offsets = await readBlocks(archive, cursor, facts)
    reading.private = { archive, offsets } satisfies ArchiveMap
    judgeArchive(archive, facts)
  } finally {
    await cursor.close()
  }
}

/** An archive that claims a version whose layout it does not have was not written by the version it names. */
async function tocOf(cursor: ByteCursor, head: Buffer): Promise<Archive> {
  try {
    return await readToc(cursor)
  } catch (error) {
    if (!(error instanceof BrokenBackup) || error.code !== 'CORRUPT') throw error
    const claimed = (head[5] ?? 0) * 100 + (head[6] ?? 0)
    for (const version of [112, 113, 114, 115].filter((each) => each < claimed)) {
      if (!(await readsAs(head, version))) continue
      throw new BrokenBackup(
        'DUMP_NEWER',
        `archive version ${versionName(claimed)}, whose layout it does not have`,
        versionName(claimed),
        { cause: error },
      )
    }
    throw error
  }
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}

async function readsAs(head: Buffer, version: number): Promise<boolean> {
  try {
    await readToc(new ByteCursor(once(head)), version)
    return true
  } catch (error) {
    return error instanceof BrokenBackup && error.code === 'TRUNCATED' && head.length >= 2 ** 20
  }
}

async function readBlocks(archive: Archive, cursor: ByteCursor, facts: DumpFacts): Promise<Map<number, number>> {
  const blocks = new DataBlocks(cursor, archive.header)
  const entries = new Map(archive.entries.map((entry) => [entry.dumpId, entry]))
  const offsets = new Map<number, number>()
  let current: TocEntry | undefined
  try {
    for (let block = await blocks.next(); block; block = await blocks.next()) {
      current = entries.get(block.dumpId)
      if (!current)
        throw new BrokenBackup('CORRUPT', `a block of the entry ${block.dumpId}, which is not in the table of contents`)
      offsets.set(block.dumpId, block.offset)
      if (block.kind === 'data') await readBlock(blocks, archive, current, facts)
      else
        for (let oid = await blocks.largeObject(); oid !== 0; oid = await blocks.largeObject())
          await readObject(blocks, archive, facts, oid)
      current = undefined
    }
  } catch (error) {
    if (!(error instanceof BrokenBackup)) throw error
    facts.found(error.code, error.message, error.object ?? (current ? nameOf(current) : firstMissing(archive, offsets)))
    return offsets
  }
  for (const entry of archive.entries) checkThere(entry, offsets, facts)
  return offsets
}

async function readBlock(blocks: DataBlocks, archive: Archive, entry: TocEntry, facts: DumpFacts): Promise<void> {
  const stored = drained(blocks.content())
  await readTable(entry, decompress(stored.data, archive.header.compression), facts, standardStringsOf(archive))
  await stored.drain()
}

async function readObject(blocks: DataBlocks, archive: Archive, facts: DumpFacts, oid: number): Promise<void> {
  const stored = drained(blocks.content())
  try {
    await readLargeObject(String(oid), decompress(stored.data, archive.header.compression), facts)
  } catch (error) {
    if (!(error instanceof BrokenBackup)) throw error
    throw new BrokenBackup(error.code, error.message, `large object ${oid}`, { cause: error })
  }
  await stored.drain()
}

function checkThere(entry: TocEntry, offsets: Map<number, number>, facts: DumpFacts): void {
  if (!hasBlock(entry)) return
  const found = offsets.get(entry.dumpId)
  if (found === undefined) facts.found('TRUNCATED', 'its data is not in the archive', nameOf(entry))
  else if (entry.offset !== undefined && entry.offset !== found)
    facts.found(
      'CORRUPT',
      `the archive says that its data is at byte ${entry.offset}, and it is at ${found}`,
      nameOf(entry),
    )
}

const hasBlock = ({ hasData, desc }: TocEntry): boolean => hasData && /^(TABLE DATA|BLOBS)$/.test(desc)

const firstMissing = ({ entries }: Archive, offsets: Map<number, number>): string | undefined => {
  const missing = entries.find((entry) => hasBlock(entry) && !offsets.has(entry.dumpId))
  return missing && nameOf(missing)
}

/** How messages name an entry. */
export function nameOf({ desc, schema, tag }: TocEntry): string {
  if (desc === 'BLOBS') return 'large objects'
  return schema ? `${schema}.${tag}` : tag
}
