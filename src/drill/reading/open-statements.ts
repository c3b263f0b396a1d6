import type { BackupReading, OpenOptions, RestoreItem } from './define.ts'

/** The steps that restore a PostgreSQL backup, in the order that pg_restore and psql would take them; memory stays flat. */
export function openStatements(reading: BackupReading, options: OpenOptions = {}): AsyncIterable<RestoreItem> {
  throw new Error(`not yet: ${reading.path} ${JSON.stringify(options)}`)
}
