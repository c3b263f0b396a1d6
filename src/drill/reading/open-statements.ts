import type { BackupReading, OpenOptions, RestoreItem } from './define.ts'
import { restorePlain } from './plain/restore-plain.ts'
import { fileBytes } from './source/bytes.ts'
import { unwrap } from './source/unwrap.ts'

/** The steps that restore a PostgreSQL backup, in the order that pg_restore and psql would take them; memory stays flat. */
export async function* openStatements(reading: BackupReading, options: OpenOptions = {}): AsyncGenerator<RestoreItem> {
  const { bytes } = await unwrap(fileBytes(reading.path, { signal: options.signal }), options)
  yield* restorePlain(reading, bytes, options)
}
