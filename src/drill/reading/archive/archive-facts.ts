import { majorOf } from '../plain/header-comments.ts'
import { readMeta } from '../plain/meta-commands.ts'
import { RowDigest } from '../plain/row-digest.ts'
import { encodingName, Utf8Check } from '../plain/text-check.ts'
import type { Bytes } from '../source/bytes.ts'
import { settingOf } from '../sql/copy-statement.ts'
import type { DumpFacts } from '../sql/dump-facts.ts'
import { readStatement } from '../sql/statement.ts'
import { definitionPieces, largeObjectsOf } from './entry-statements.ts'
import { isThroughRoot, rowsOf, standardStringsOf, type Target, targetOf } from './table-data.ts'
import { type Archive, type TocEntry, versionName } from './toc.ts'

/** Puts what header and table of contents tell into the facts. */
export function readEntries({ header, entries }: Archive, facts: DumpFacts): void {
  const { database, serverVersion, dumpVersion, created } = header
  Object.assign(facts.header, {
    ...(database !== '' && { database }),
    ...(serverVersion !== '' && { serverVersion: serverVersion.split(' ')[0], serverMajor: majorOf(serverVersion) }),
    ...(dumpVersion !== '' && { dumpVersion: dumpVersion.split(' ')[0], dumpMajor: majorOf(dumpVersion) }),
    ...(created && { created }),
    archiveVersion: versionName(header.version),
  })
  const standardStrings = standardStringsOf({ entries })
  for (const entry of entries) readEntry(entry, facts, standardStrings)
  facts.headEnds()
}

function readEntry(entry: TocEntry, facts: DumpFacts, standardStrings: boolean): void {
  if (entry.desc === 'ENCODING')
    facts.header.encoding = encodingName(settingOf(Buffer.from(entry.definition))?.value ?? 'UTF8')
  if (entry.owner !== '' && !entry.owner.startsWith('pg_')) facts.role(entry.owner)
  if (entry.tablespace) facts.tablespace(entry.tablespace)
  for (const oid of largeObjectsOf(entry)) facts.largeObject(oid, 0)
  if (largeObjectsOf(entry).length > 0) return
  const where = `entry ${entry.dumpId}`
  for (const piece of definitionPieces(entry)) {
    if (piece.kind === 'meta' && readMeta(piece.text).kind !== 'nothing')
      facts.hostile(piece.text.split(' ')[0] ?? '\\', where, `${entry.desc} ${entry.tag}`)
    if (piece.kind === 'statement') statement(piece.bytes.toString('utf8'), facts, where, standardStrings)
  }
  if (entry.copy !== '') statement(entry.copy, facts, where, standardStrings)
}

function statement(sql: string, facts: DumpFacts, where: string, standardStrings: boolean): void {
  facts.statement(readStatement(sql, standardStrings), sql, where)
}

/** Reads the rows of one entry into a table of the facts. What was read counts even when the rest is broken. */
export async function readTable(
  entry: TocEntry,
  content: Bytes,
  facts: DumpFacts,
  standardStrings: boolean,
): Promise<void> {
  const digest = new RowDigest()
  const utf8 = facts.header.encoding === 'UTF8' ? new Utf8Check() : undefined
  const object = entry.schema ? `${entry.schema}.${entry.tag}` : entry.tag
  let inserted: Target | undefined
  let isText = true
  for await (const { bytes, lines, target } of rowsOf(entry, content, standardStrings)) {
    inserted ??= target
    const wrong: number | undefined = isText ? utf8?.push(bytes) : undefined
    if (wrong !== undefined)
      facts.found('ENCODING', `row ${digest.rows + wrong + 1} is not UTF-8, as the archive says it is`, object)
    isText &&= wrong === undefined
    if (bytes.includes(0)) facts.found('CORRUPT', `row ${digest.rows + 1} or one behind it holds a NUL byte`, object)
    digest.update(bytes, lines)
  }
  if (digest.rows === 0 && isThroughRoot(entry)) return
  const { schema, name, columns } = targetOf(entry, inserted)
  const known = facts.tables.find((table) => table.schema === schema && table.name === name)
  if (known) {
    // Partitions that were dumped through their root: the order of its rows is not known, so there is no sum to compare.
    known.blocks++
    known.rows = (known.rows ?? 0) + digest.rows
    known.bytes += digest.bytes
    known.sha256 = undefined
    return
  }
  facts.table({
    schema,
    name,
    columns,
    rows: digest.rows,
    sha256: digest.digest(),
    bytes: digest.bytes,
    blocks: 1,
    style: entry.copy === '' ? 'insert' : 'copy',
  })
}

export async function readLargeObject(oid: string, content: Bytes, facts: DumpFacts): Promise<void> {
  facts.objectDigest.begin(oid)
  for await (const chunk of content) facts.objectBytes(chunk)
}

/** What is wrong with an archive that is whole. */
export function judgeArchive({ entries }: Archive, facts: DumpFacts): void {
  if (facts.findings.some(({ exit }) => exit !== 0)) return
  const makesTables = entries.some(({ desc }) => desc === 'TABLE')
  const hasRows = entries.some(({ desc }) => desc === 'TABLE DATA')
  if (!makesTables && hasRows) facts.found('NO_SCHEMA', 'rows, and no statement that makes a table: --data-only')
  if (makesTables && !hasRows) facts.found('ROWS_BELOW_MIN', 'tables, and the rows of none of them: --schema-only')
  if (facts.objects.length === 0 && !hasRows) facts.found('EMPTY', 'no table is in it')
}
