import type { BackupReading } from '../define.ts'
import type { Bytes } from '../source/bytes.ts'
import type { DumpFacts } from '../sql/dump-facts.ts'

/** Reads an archive of `pg_dump -Fc` in one pass. */
export async function readArchive(_bytes: Bytes, _facts: DumpFacts, _reading: BackupReading): Promise<void> {}
