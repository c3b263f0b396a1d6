import { CustomData } from './archive/custom-data.ts'
import { folderFiles } from './archive/folder-files.ts'
import { memberData } from './archive/members.ts'
import type { ArchiveMap } from './archive/read-archive.ts'
import type { MembersMap } from './archive/read-members.ts'
import type { TarMap } from './archive/read-tar.ts'
import { restoreArchive } from './archive/restore-archive.ts'
import { tarFiles } from './archive/tar-files.ts'
import type { BackupReading, OpenOptions, RestoreItem } from './define.ts'
import { restorePlain } from './plain/restore-plain.ts'
import { blocksOf, textBetween } from './plain/row-blocks.ts'
import { contentFrom } from './source/reopen.ts'

/**
 * The steps that restore a PostgreSQL backup, in the order that pg_restore and psql would take them; memory stays flat.
 * Throws BrokenBackup where the bytes are not what they were when the backup was read.
 */
export async function* openStatements(reading: BackupReading, options: OpenOptions = {}): AsyncGenerator<RestoreItem> {
  if (reading.format === 'plain') {
    const blocks = blocksOf(reading)
    const text = blocks ? textBetween(reading.path, blocks, options.signal) : await contentFrom(reading, options, 0)
    yield* restorePlain(reading, text, options)
  }
  if (reading.format === 'custom') {
    const { archive, offsets } = reading.private as ArchiveMap
    const data = new CustomData(archive, offsets, (from) => contentFrom(reading, options, from))
    yield* restoreArchive(reading, archive, data)
  }
  if (reading.format === 'directory') {
    const { archive } = reading.private as MembersMap
    yield* restoreArchive(reading, archive, memberData(await folderFiles(reading.path, options)))
  }
  if (reading.format === 'tar') {
    const { archive, members } = reading.private as TarMap
    const files = tarFiles(members, (from) => contentFrom(reading, options, from))
    yield* restoreArchive(reading, archive, memberData(files))
  }
}
