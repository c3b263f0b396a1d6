import type { BackupReading, OpenOptions, RestoreItem, StatementItem, TableReading } from '../define.ts'
import { drained } from '../drained.ts'
import type { Bytes } from '../source/bytes.ts'
import { parseCopy, settingOf } from '../sql/copy-statement.ts'
import { copyStatement } from '../sql/copy-text.ts'
import { label } from '../sql/describe.ts'
import { readStatement } from '../sql/statement.ts'
import { InsertGroup } from './insert-group.ts'
import { readMeta } from './meta-commands.ts'
import { PieceStream } from './piece-stream.ts'
import type { StatementPiece } from './pieces.ts'
import { withoutMark } from './read-plain.ts'
import { blocksOf, passEnd, rowsIn } from './row-blocks.ts'
import { decoder, encodingName } from './text-check.ts'

/** The steps of a plain dump as they stand in it. Rows that pg_dump wrote as INSERT statements come as COPY data. */
export async function* restorePlain(
  reading: BackupReading,
  bytes: Bytes,
  { database, signal }: OpenOptions,
): AsyncGenerator<RestoreItem> {
  const blocks = blocksOf(reading)?.[Symbol.iterator]()
  const pieces = new PieceStream(withoutMark(bytes))
  const isCluster = reading.tool === 'pg_dumpall'
  const place = new Place(reading)
  const inserts = new InsertGroup(reading.tool !== 'sql')
  try {
    for (let piece = await pieces.next(); piece; piece = await pieces.next()) {
      if (piece.kind === 'statement' && inserts.takes(piece)) continue
      const wanted = !isCluster || database === undefined || place.database === database
      const group = inserts.finish()
      if (group && wanted)
        yield place.copy(copyStatement({ ...group, encoding: place.encoding }), group, group.line, group.data)
      if (group && piece.kind === 'statement' && inserts.takes(piece)) continue
      if (piece.kind === 'meta') {
        const meaning = readMeta(piece.text)
        if (meaning.kind === 'quit') return
        if (meaning.kind === 'connect' && isCluster) place.database = meaning.database
        if (meaning.kind === 'connect' && isCluster && (database === undefined || database === meaning.database))
          yield { kind: 'connect', database: meaning.database }
      }
      if ((piece.kind === 'statement' || piece.kind === 'meta') && piece.copy) {
        const block = blocks?.next().value
        const rows = drained(pieces.rows())
        const sql = piece.kind === 'meta' ? piece.text.slice(1) : place.decode(piece.bytes)
        const parsed = parseCopy(sql)
        const data = block ? rowsIn(reading.path, block, signal) : rows.data
        if (parsed && wanted)
          yield {
            ...place.copy(withEncoding(sql, parsed.isText, place.encoding), parsed, piece.line + 1, data),
            ...(block && { isApart: true }),
          }
        if (block) await passEnd(pieces, parsed ? label(parsed) : 'COPY')
        else await rows.drain()
        pieces.passed += block?.lines ?? 0
      } else if (piece.kind === 'statement') {
        const item = place.statement(piece)
        inserts.standardStrings = place.standardStrings
        if (wanted) yield item
      }
    }
    const group = inserts.finish()
    if (group) yield place.copy(copyStatement({ ...group, encoding: place.encoding }), group, group.line, group.data)
  } finally {
    await pieces.close()
  }
}

function withEncoding(sql: string, isText: boolean, encoding: string): string {
  const bare = sql.replace(/;\s*$/, '')
  return isText && encoding !== 'UTF8' ? `${bare} WITH (ENCODING '${encoding.replaceAll("'", "''")}')` : bare
}

/** Where in the dump the restore is: which database, which encoding. */
class Place {
  database: string | undefined
  encoding = 'UTF8'
  standardStrings = true
  decode = decoder('UTF8')
  readonly #tables = new Map<string, TableReading>()

  constructor(reading: BackupReading) {
    for (const table of reading.tables) this.#tables.set(keyOf(table.database, table), table)
  }

  statement({ bytes, line }: StatementPiece): StatementItem {
    const sql = this.decode(bytes)
    const { what, verb, object, skip, optional, privileged } = readStatement(sql)
    if (verb === 'SET') this.#setting(bytes)
    return {
      kind: 'statement',
      sql,
      what,
      line,
      ...(object && { object }),
      ...(skip && { skip }),
      ...(optional && { optional }),
      ...(privileged && { privileged }),
    }
  }

  copy(
    sql: string,
    found: { schema: string; name: string; columns: string[] },
    line: number,
    data: AsyncIterable<Buffer>,
  ): RestoreItem {
    const empty: TableReading = { ...found, rows: undefined, sha256: undefined, bytes: 0, blocks: 1, style: 'copy' }
    const table = this.#tables.get(keyOf(this.database, found)) ?? empty
    return { kind: 'copy', sql, table, line, data }
  }

  #setting(bytes: Buffer): void {
    const setting = settingOf(bytes)
    if (setting?.name === 'standard_conforming_strings') this.standardStrings = setting.value !== 'off'
    if (setting?.name !== 'client_encoding') return
    this.encoding = encodingName(setting.value)
    this.decode = decoder(this.encoding)
  }
}

const keyOf = (database: string | undefined, { schema, name }: { schema: string; name: string }): string =>
  JSON.stringify([database ?? null, schema, name])
