import type { BackupReading, RestoreItem, StatementItem, TableReading } from '../define.ts'
import { drained } from '../drained.ts'
import { copyStatement } from '../sql/copy-text.ts'
import { readStatement } from '../sql/statement.ts'
import type { ArchiveData } from './data.ts'
import { definitionPieces, isSession, largeObjectsOf, ownerStatement, passOf } from './entry-statements.ts'
import { objectGrants } from './object-grants.ts'
import { type RowsChunk, rowsOf, standardStringsOf, targetOf } from './table-data.ts'
import type { Archive, TocEntry } from './toc.ts'

/** The session in which pg_restore works. */
const session = [
  'SET statement_timeout = 0;',
  'SET lock_timeout = 0;',
  'SET idle_in_transaction_session_timeout = 0;',
  "SELECT pg_catalog.set_config('search_path', '', false);",
  'SET check_function_bodies = false;',
  'SET xmloption = content;',
  'SET client_min_messages = warning;',
  'SET row_security = off;',
]

/** The steps that pg_restore would take for an archive, in its order. */
export async function* restoreArchive(
  reading: BackupReading,
  archive: Archive,
  data: ArchiveData,
): AsyncGenerator<RestoreItem> {
  try {
    for (const sql of [...archive.entries.filter(isSession).map(({ definition }) => definition.trim()), ...session])
      yield step(sql)
    const state: RestoreState = { reading, archive, data, accessMethod: '' }
    for (const pass of [0, 1, 2])
      for (const entry of archive.entries) if (!isSession(entry) && passOf(entry) === pass) yield* stepsOf(entry, state)
  } finally {
    await data.close()
  }
}

interface RestoreState {
  reading: BackupReading
  archive: Archive
  data: ArchiveData
  accessMethod: string
}

async function* stepsOf(entry: TocEntry, state: RestoreState): AsyncGenerator<RestoreItem> {
  if (entry.desc === 'TABLE DATA') return yield* tableSteps(entry, state)
  if (entry.desc === 'BLOBS') return yield* objectSteps(entry, state)
  // Large objects are made with their data.
  if (largeObjectsOf(entry).length > 0) return
  if (/^(TABLE|MATERIALIZED VIEW)$/.test(entry.desc) && entry.accessMethod && entry.relationKind !== 'p')
    yield* accessMethod(entry.accessMethod, state)
  const grants = objectGrants(entry, state.archive)
  if (grants) return yield* grants.map((sql) => step(sql))
  for (const piece of definitionPieces(entry))
    if (piece.kind === 'statement') yield step(piece.bytes.toString('utf8'), entry)
  const owner = ownerStatement(entry)
  if (owner) yield step(owner)
}

function* accessMethod(name: string, state: RestoreState): Generator<RestoreItem> {
  if (state.accessMethod === name) return
  state.accessMethod = name
  yield step(`SET default_table_access_method = "${name.replaceAll('"', '""')}";`)
}

async function* tableSteps(entry: TocEntry, { reading, archive, data }: RestoreState): AsyncGenerator<RestoreItem> {
  if (!entry.hasData) return
  const stored = await data.table(entry)
  const chunks = rowsOf(entry, stored.data, standardStringsOf(archive))
  const first = await chunks.next()
  const { schema, name, columns } = targetOf(entry, first.value?.target)
  const table = reading.tables.find((each) => each.schema === schema && each.name === name) ?? unread(schema, name)
  const rows = drained(bytesOf(first.value, chunks))
  yield {
    kind: 'copy',
    sql: copyStatement({ schema, name, columns, encoding: reading.header.encoding }),
    table,
    data: rows.data,
  }
  await rows.drain()
  await stored.drain()
}

async function* bytesOf(first: RowsChunk | undefined, rest: AsyncIterable<RowsChunk>): AsyncGenerator<Buffer> {
  if (first) yield first.bytes
  for await (const { bytes } of rest) yield bytes
}

async function* objectSteps(entry: TocEntry, { archive, data }: RestoreState): AsyncGenerator<RestoreItem> {
  for await (const { oid, data: content } of data.largeObjects(entry)) yield { kind: 'largeObject', oid, data: content }
  for (const each of archive.entries) {
    if (each.desc === 'BLOB' && each.owner) yield step(ownerStatement(each) ?? '')
    if (each.desc !== 'BLOB METADATA' || !each.owner || each.tag !== entry.tag) continue
    for (const oid of largeObjectsOf(each))
      yield step(`ALTER LARGE OBJECT ${oid} OWNER TO "${each.owner.replaceAll('"', '""')}";`)
  }
}

const unread = (schema: string, name: string): TableReading => ({
  schema,
  name,
  columns: [],
  rows: undefined,
  sha256: undefined,
  bytes: 0,
  blocks: 1,
  style: 'copy',
})

function step(sql: string, entry?: TocEntry): StatementItem {
  const { what, object, skip, optional, privileged } = readStatement(sql)
  const owned = object && entry?.owner ? { ...object, owner: entry.owner } : object
  return {
    kind: 'statement',
    sql,
    what,
    ...(owned && { object: owned }),
    ...(skip && { skip }),
    ...(optional && { optional }),
    ...(privileged && { privileged }),
  }
}
