import type { BackupReading } from './define.ts'
import type { DumpFacts } from './sql/dump-facts.ts'

/** A reading of which nothing is known yet; PostgreSQL's plain format until something else appears. */
export const emptyReading = (path: string): BackupReading => ({
  engine: 'postgres',
  format: 'plain',
  wrappers: [],
  path,
  sha256: '',
  bytes: 0,
  plainBytes: 0,
  header: { encoding: 'UTF8' },
  tool: 'sql',
  databases: [],
  tables: [],
  objects: [],
  sequences: [],
  largeObjects: { count: 0, bytes: 0, oids: [] },
  roles: [],
  extensions: [],
  tablespaces: [],
  needs: [],
  findings: [],
  private: undefined,
})

/** Puts what was gathered into the reading. */
export function finishReading(reading: BackupReading, facts: DumpFacts): BackupReading {
  const { header, objects, sequences, findings } = facts
  const tables = facts.tables.map(({ encoding = header.encoding, ...table }) =>
    encoding === header.encoding ? table : { ...table, encoding },
  )
  const largeObjects = facts.allObjects()
  const lists = facts.lists()
  if (reading.databases[0] !== undefined && reading.tool !== 'pg_dumpall') header.database ??= reading.databases[0]
  return { ...reading, ...lists, header, tables, objects, sequences, largeObjects, findings }
}
