import type { BackupReading, ReadOptions } from '../define.ts'
import type { Bytes } from '../source/bytes.ts'
import { contentFrom } from '../source/reopen.ts'
import type { DumpFacts } from '../sql/dump-facts.ts'
import { type MembersMap, readMembers } from './read-members.ts'
import { tarFiles } from './tar-files.ts'
import { indexTar, type TarMember } from './tar-index.ts'

export interface TarMap extends MembersMap {
  members: TarMember[]
}

/** Reads a tar: of `pg_dump -Ft`, of a folder of `pg_dump -Fd`, or of a base backup. */
export async function readTar(
  bytes: Bytes,
  facts: DumpFacts,
  reading: BackupReading,
  options: ReadOptions,
): Promise<void> {
  const members = await indexTar(bytes)
  if (members.some(({ name }) => /(^|\/)(backup_label|PG_VERSION)$/.test(name))) {
    reading.format = 'base'
    return
  }
  if (!members.some(({ name }) => /(^|\/)toc\.dat$/.test(name))) {
    facts.found('NOT_A_DUMP', 'a tar without the table of contents of pg_dump and without a base backup')
    return
  }
  reading.format = 'tar'
  const files = tarFiles(members, (from) => contentFrom(reading, options, from))
  try {
    reading.private = { members, ...(await readMembers(files, facts, reading)) } satisfies TarMap
  } finally {
    await files.close()
  }
}
