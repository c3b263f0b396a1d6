import { throughRoot } from '../archive/table-data.ts'
import type { TableReading } from '../define.ts'
import { parseCopy, settingOf } from '../sql/copy-statement.ts'
import { isSqlVerb, label } from '../sql/describe.ts'
import type { DumpFacts } from '../sql/dump-facts.ts'
import { readStatement } from '../sql/statement.ts'
import { countLines } from './characters.ts'
import { Completeness } from './completeness.ts'
import { readHeaderComment } from './header-comments.ts'
import { InsertReader } from './insert-rows.ts'
import { MadeTables } from './made-tables.ts'
import { readMeta } from './meta-commands.ts'
import type { OpenPiece, Piece, RowsPiece, StatementPiece } from './pieces.ts'
import { RowBlocks } from './row-blocks.ts'
import { RowDigest } from './row-digest.ts'
import { decoder, encodingName, Utf8Check } from './text-check.ts'

interface OpenTable {
  table: TableReading
  digest: RowDigest
}

/** Gathers the facts of a plain dump from its pieces. */
export class PlainReader {
  readonly completeness = new Completeness()
  readonly databases: string[] = []
  readonly blocks = new RowBlocks()
  /** Statements that were SQL. */
  statements = 0
  #garbage = 0
  #hasPreamble = false
  #open: OpenTable | undefined
  #tables = new Map<string, OpenTable>()
  /** The table whose data a comment announced; without rows before the next one it is empty, as INSERT statements show it. */
  #announced: { schema: string; name: string } | undefined
  #hasAnnounced = false
  /** The rows that were announced go through the root of their partition. */
  #isThroughRoot = false
  #utf8: Utf8Check | undefined = new Utf8Check()
  #decode = decoder('UTF8')
  #quitAt: number | undefined
  #conditions = 0
  readonly #inserts = new InsertReader()
  readonly #made: MadeTables

  constructor(private readonly facts: DumpFacts) {
    this.#made = new MadeTables(facts.objects)
  }

  get isGarbage(): boolean {
    return this.statements === 0 && this.#garbage > 0
  }

  piece(piece: Piece): void {
    if (piece.kind === 'statement') this.#statement(piece)
    else if (piece.kind === 'rows') this.#rows(piece)
    else if (piece.kind === 'copyEnd') this.#endOfRows(piece.line)
    else if (piece.kind === 'comment') this.#comment(piece.text)
    else if (piece.kind === 'meta') this.#meta(piece.text, piece.line, piece.copy)
    else this.#cutOff(piece)
  }

  end(): void {
    this.#announce(undefined)
    this.#finishTables()
    if (this.#quitAt !== undefined && this.statements > 0)
      this.facts.found('TRUNCATED', `line ${this.#quitAt}: \\q ends the restore there`, undefined)
    if (this.completeness.isOpen)
      this.facts.found('TRUNCATED', 'the end of the dump is missing: pg_dump did not finish it')
    if (!this.completeness.isMarked && this.completeness.lacksBeginning && !this.#hasPreamble)
      this.facts.found('TRUNCATED', 'the beginning of the dump is missing')
  }

  /** Rows or an announcement of rows came for at least one table. */
  get hasData(): boolean {
    return this.facts.tables.length > 0 || this.#hasAnnounced
  }

  #statement({ bytes, line, copy, cut, unterminated }: StatementPiece): void {
    this.#checkText(bytes, line)
    if (isInsert(bytes) && !cut && this.#insert(bytes, line)) return
    const sql = this.#decode(bytes)
    const facts = readStatement(sql, this.#inserts.standardStrings)
    if (!isSqlVerb(facts.verb.split(' ')[0]?.toLowerCase() ?? '')) {
      this.#noSql(line)
      return
    }
    this.statements++
    if (unterminated && this.#conditions === 0 && this.completeness.isMarked)
      this.facts.found('TRUNCATED', `the file ends in the statement of line ${line}`, facts.what)
    this.facts.statement(facts, sql, `line ${line}`)
    if (facts.verb === 'SET') this.#setting(bytes)
    if (copy) this.#copy(sql, line)
  }

  #copy(sql: string, line: number): void {
    this.blocks.begin()
    const parsed = parseCopy(sql)
    if (!parsed) return
    const { schema, name, columns, isText } = parsed
    this.#open = this.#tableOf({
      schema,
      name,
      columns,
      style: 'copy',
      line: line + countLines(Buffer.from(sql), 0, sql.length) + 1,
    })
    if (!isText) this.#open.table.sha256 = undefined
  }

  #insert(bytes: Buffer, line: number): boolean {
    const read = this.#inserts.read(bytes)
    if (!read) return false
    this.statements++
    const open = this.#tableOf({ schema: read.schema, name: read.name, columns: read.columns, style: 'insert', line })
    open.digest.update(read.rows)
    return true
  }

  /** One reading per table: partitions dumped through their root and INSERT statements come in many parts. */
  #tableOf(found: Pick<TableReading, 'schema' | 'name' | 'columns' | 'style' | 'line'>): OpenTable {
    const isFresh = this.#announced !== undefined
    this.#announced = undefined
    const key = JSON.stringify([this.facts.database, found.schema, found.name])
    const known = this.#tables.get(key)
    if (known) {
      if (found.style === 'copy' || isFresh) known.table.blocks++
      return known
    }
    if (this.completeness.isMarked && !this.completeness.isCluster) this.facts.headEnds()
    const { encoding } = this.facts.header
    const table: TableReading = { ...found, encoding, rows: 0, sha256: '', bytes: 0, blocks: 1 }
    const made = { table, digest: new RowDigest() }
    this.#tables.set(key, made)
    return made
  }

  #rows(rows: RowsPiece): void {
    const { bytes, line, lines } = rows
    this.blocks.add(rows)
    this.#checkText(bytes, line)
    this.#open?.digest.update(bytes, lines)
  }

  #endOfRows(line: number): void {
    if (this.#utf8?.end()) this.facts.found('ENCODING', `line ${line - 1} ends inside a character`, this.#openName())
    this.#open = undefined
  }

  #checkText(bytes: Buffer, line: number): void {
    const zero = bytes.indexOf(0)
    if (zero >= 0)
      this.facts.found(
        'CORRUPT',
        `line ${line + countLines(bytes, 0, zero)} holds a NUL byte, which no dump does`,
        this.#openName(),
      )
    const lines = this.#utf8?.push(bytes)
    if (lines === undefined) return
    this.facts.found(
      'ENCODING',
      `line ${line + lines} is not UTF-8, as the dump says it is`,
      this.#openName() ?? `line ${line + lines}`,
    )
    this.#utf8 = undefined
  }

  #openName(): string | undefined {
    return this.#open ? label(this.#open.table) : undefined
  }

  #setting(bytes: Buffer): void {
    const setting = settingOf(bytes)
    if (setting?.name === 'statement_timeout' || setting?.name === 'client_encoding') this.#hasPreamble = true
    if (setting?.name === 'standard_conforming_strings') this.#inserts.standardStrings = setting.value !== 'off'
    if (setting?.name !== 'client_encoding') return
    const encoding = encodingName(setting.value)
    this.facts.header.encoding = encoding
    this.#decode = decoder(encoding)
    this.#utf8 = encoding === 'UTF8' ? new Utf8Check() : undefined
  }

  #comment(text: string): void {
    this.completeness.comment(text)
    const announced = readHeaderComment(text, this.facts.header)
    if (announced) this.#announce(announced)
    else if (text.includes(throughRoot)) this.#isThroughRoot = true
  }

  #announce(next: { schema: string; name: string } | undefined): void {
    // A partition without rows in the backup may well have some restored.
    const isEmpty = this.#announced !== undefined && !this.#isThroughRoot
    const empty = isEmpty ? this.#made.named(this.#announced!, this.facts.database) : undefined
    if (empty) this.#tableOf({ ...empty, columns: [], style: 'insert' })
    this.#announced = next
    this.#isThroughRoot = false
    this.#hasAnnounced ||= next !== undefined
  }

  #meta(line: string, at: number, copy: boolean): void {
    const meaning = readMeta(line)
    this.completeness.meta(line)
    if (meaning.kind === 'hostile')
      this.facts.found('HOSTILE_DUMP', `line ${at}: psql would run ${meaning.command}`, meaning.command)
    if (meaning.kind === 'unknown') this.#noSql(at)
    if (meaning.kind === 'quit') this.#quitAt ??= at
    if (meaning.kind === 'connect') this.#connect(meaning.database)
    if (/^\\if\b/.test(line)) this.#conditions++
    if (copy) this.#copy(line.slice(1), at)
  }

  #finishTables(): void {
    for (const { table, digest } of this.#tables.values()) this.facts.table(finished(table, digest))
    this.#tables.clear()
  }

  #connect(database: string): void {
    // Facts belong to the database that is connected when they are told.
    this.#announce(undefined)
    this.#finishTables()
    this.facts.database = database
    if (!this.databases.includes(database)) this.databases.push(database)
  }

  #noSql(line: number): void {
    this.#garbage++
    if (this.#garbage <= 3)
      this.facts.found('CORRUPT', `line ${line} is neither SQL nor a row of a table`, `line ${line}`)
  }

  #cutOff({ inside, line, bytes }: OpenPiece): void {
    const object = inside === 'copy' ? this.#openName() : readStatement(this.#decode(bytes)).what
    const where =
      inside === 'copy'
        ? 'the rows of a table'
        : inside === 'comment'
          ? 'a comment'
          : `a statement that began before line ${line + 1}`
    this.facts.found('TRUNCATED', `the file ends in ${where}`, object)
  }
}

const isInsert = (bytes: Buffer): boolean => /^insert\s/i.test(bytes.toString('latin1', 0, 7))

function finished(table: TableReading, digest: RowDigest): TableReading {
  const isText = table.sha256 !== undefined
  return {
    ...table,
    rows: isText ? digest.rows : undefined,
    // Of partitions that were dumped through their root the order is not known, so there is no sum to compare.
    sha256: isText && table.blocks === 1 ? digest.digest() : undefined,
    bytes: digest.bytes,
  }
}
