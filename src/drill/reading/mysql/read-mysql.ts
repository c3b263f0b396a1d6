import type { BackupReading, ObjectReading } from '../define.ts'
import { RowDigest } from '../plain/row-digest.ts'
import type { Bytes } from '../source/bytes.ts'
import type { DumpFacts } from '../sql/dump-facts.ts'
import { changedBy } from './changes.ts'
import { hostileMysql } from './hostile.ts'
import { type Insert, Inserts, identifier, placeKey, unquoted } from './inserts.ts'
import { type MysqlPiece, type MysqlRow, MysqlSplitter, type MysqlStatement } from './splitter.ts'
import { MysqlWriting } from './writing.ts'

/** Whether text was written by mysqldump, mariadb-dump or their like. */
export const isMysqlText = (head: string): boolean =>
  /^(\/\*M!999999|-- (MySQL|MariaDB) dump|-- phpMyAdmin SQL Dump|\/\*!\d{5} SET )/m.test(head)

/** Reads a dump of MySQL or MariaDB to its end. */
export async function readMysql(bytes: Bytes, facts: DumpFacts, reading: BackupReading): Promise<void> {
  reading.engine = 'mysql'
  reading.format = 'plain'
  facts.header.encoding = 'utf8mb4'
  const splitter = new MysqlSplitter()
  const reader = new MysqlReader(facts, reading)
  for await (const chunk of bytes) for (const piece of splitter.push(chunk)) reader.piece(piece)
  for (const piece of splitter.end()) reader.piece(piece)
  reader.end()
}

interface Counted {
  database: string | undefined
  name: string
  rows: number
  line: number
  /** Over the rows as they stand there; undefined: one of them was too long. */
  digest: RowDigest | undefined
}

class MysqlReader {
  #isMarked = false
  #isComplete = false
  #hasRoutines = false
  #hasEvents = false
  readonly #inserts = new Inserts()
  readonly #writing = new MysqlWriting()
  readonly #tables = new Map<string, Counted>()
  readonly #calls = new Map<string, string>()
  readonly #routines = new Set<string>()

  constructor(
    private readonly facts: DumpFacts,
    private readonly reading: BackupReading,
  ) {}

  piece(piece: MysqlPiece): void {
    if (piece.kind === 'row') this.#row(piece)
    else if (piece.kind === 'comment') this.#comment(piece.text)
    else if (piece.kind === 'statement') this.#statement(piece)
    else if (piece.kind === 'open')
      this.facts.found(
        'TRUNCATED',
        `the file ends in the statement of line ${piece.line}`,
        this.#inserts.of(piece.code)?.name,
      )
    else if (piece.text.startsWith('\\-')) return
    else
      this.facts.found(
        'HOSTILE_DUMP',
        `line ${piece.line}: the client would run ${piece.text.slice(0, 2)}`,
        piece.text.slice(0, 2),
      )
  }

  end(): void {
    const { facts, reading } = this
    reading.private = this.#writing.facts()
    for (const { database, name, rows, line, digest } of this.#tables.values())
      facts.tables.push({
        ...(database !== undefined && { database }),
        schema: database ?? '',
        name,
        columns: [],
        rows,
        sha256: digest?.digest(),
        bytes: digest?.bytes ?? 0,
        blocks: 1,
        style: 'insert',
        line,
      })
    if (this.#isMarked && !this.#isComplete)
      facts.found('TRUNCATED', 'the line "-- Dump completed" is missing: the dump was not finished')
    for (const [name, caller] of this.#calls)
      if (!this.#routines.has(name.toLowerCase()))
        facts.found('OBJECTS_MISSING', `${caller} calls ${name}, which is not in the backup`, name)
    if (this.#isMarked && !(this.#hasRoutines && this.#hasEvents)) {
      const left = [!this.#hasRoutines && 'routines', !this.#hasEvents && 'events'].filter(Boolean).join(' and ')
      facts.found('OBJECTS_MISSING', `${left} were not dumped: --routines --events were not asked for`, left, 0)
    }
    if (facts.objects.length === 0 && facts.tables.length === 0 && facts.findings.every(({ exit }) => exit === 0))
      facts.found('EMPTY', 'no table is in it')
    else if (!facts.objects.some(({ type }) => type === 'TABLE') && facts.tables.length > 0)
      facts.found('NO_SCHEMA', 'rows, and no statement that makes a table')
    if (reading.databases.length === 0 && facts.header.database) reading.databases = [facts.header.database]
  }

  #comment(text: string): void {
    const { header } = this.facts
    const dump = /^-- (MySQL|MariaDB) dump \S+\s+Distrib (\S+?),/.exec(text)
    const newer = /^-- MariaDB dump (\S+?)(?:-MariaDB)?, for /.exec(text)
    if (/^-- (MySQL|MariaDB) dump /.test(text)) {
      this.#isMarked = true
      this.reading.tool = text.includes('MariaDB') ? 'mariadb-dump' : 'mysqldump'
    }
    const version = dump?.[2] ?? newer?.[1]
    if (version) Object.assign(header, { dumpVersion: version, dumpMajor: Number.parseInt(version, 10) })
    const server = /^-- Server version\s+(\S+)/.exec(text)
    if (server)
      Object.assign(header, { serverVersion: server[1], serverMajor: Number.parseInt(server[1] as string, 10) })
    const database = /^-- Host: .*Database: (\S+)/.exec(text)
    if (database) header.database = database[1] as string
    const completed = /^-- Dump completed(?: on (\d{4}-\d\d-\d\d)\s+(\d?\d):(\d\d:\d\d))?/.exec(text)
    if (completed) this.#isComplete = true
    if (completed?.[1]) header.created = `${completed[1]}T${(completed[2] as string).padStart(2, '0')}:${completed[3]}`
    if (/^-- Dumping routines for database/.test(text)) this.#hasRoutines = true
    if (/^-- Dumping events for database/.test(text)) this.#hasEvents = true
  }

  #row({ head, bytes }: MysqlRow): void {
    const insert = this.#inserts.of(head)
    if (!insert) return
    const table = this.#table(insert, 0)
    if (bytes) table.digest?.update(bytes, 0)
    else table.digest = undefined
    if (bytes) this.#writing.row(bytes)
  }

  #statement({ code, line, tuples, terminated }: MysqlStatement): void {
    const used = this.#inserts.use(code)
    if (used !== undefined && !this.reading.databases.includes(used)) this.reading.databases.push(used)
    const hostile = hostileMysql(code)
    if (hostile) this.facts.hostile(hostile, `line ${line}`, code.split(' ').slice(0, 2).join(' '))
    const made = objectOf(code)
    if (made) this.#object({ ...made, database: made.database ?? this.#inserts.database }, code)
    if (made?.type === 'TABLE')
      this.#table({ name: made.name, database: made.database ?? this.#inserts.database }, line)
    const isInsert = /^(insert|replace)\b/i.test(code)
    const insert = isInsert ? this.#inserts.of(code) : undefined
    if (isInsert) this.#table(insert ?? { name: '', database: undefined }, line).rows += tuples
    const isMore = tuples === 0 || /\bon\s+duplicate\s+key\b/i.test(code)
    if (insert && isMore) this.#writing.changed.add(placeKey(insert.database, insert.name))
    this.#writing.statement(code, line)
    const changed = isInsert ? undefined : changedBy(code)
    if (changed === 'everything') for (const each of this.#tables.values()) this.#changed(each)
    else if (changed) this.#changed({ ...changed, database: changed.database ?? this.#inserts.database })
    if (!terminated && this.#isMarked)
      this.facts.found('TRUNCATED', `the file ends in the statement of line ${line}`, insert?.name)
    // A file that is cut off at the end of a statement and goes on says so only by the missing last line.
    this.#isComplete = false
  }

  /** Rows that are there already, and may be others or gone now. */
  #changed({ database, name }: Pick<Insert, 'database' | 'name'>): void {
    const key = placeKey(database, name)
    if (this.#tables.get(key)?.rows !== 0) this.#writing.changed.add(key)
  }

  #object(
    { database, ...object }: Omit<ObjectReading, 'database'> & { database: string | undefined },
    code: string,
  ): void {
    this.facts.objects.push({ ...object, ...(database !== undefined && { database }) })
    if (/^(PROCEDURE|FUNCTION)$/.test(object.type)) this.#routines.add(object.name.toLowerCase())
    if (!/^(TRIGGER|EVENT)$/.test(object.type)) return
    for (const [, name] of code.matchAll(/\bcall\s+(?:`[^`]+`\.)?`?([\w$]+)`?/gi))
      this.#calls.set(name as string, `${object.type.toLowerCase()} ${object.name}`)
  }

  #table({ database, name }: Pick<Insert, 'database' | 'name'>, line: number): Counted {
    const key = placeKey(database, name)
    const known = this.#tables.get(key)
    if (known) {
      known.line ||= line
      return known
    }
    const made = { database, name, rows: 0, line, digest: new RowDigest() }
    this.#tables.set(key, made)
    return made
  }
}

/** What CREATE makes; definers, algorithms and SQL SECURITY in between do not matter. */
function objectOf(code: string): ObjectReading | undefined {
  const found = created.exec(code)
  const name = unquoted(found?.[4], found?.[5])
  const database = unquoted(found?.[2], found?.[3])
  if (!found || name === undefined) return undefined
  return { type: (found[1] as string).toUpperCase(), name, ...(database !== undefined && { database }) }
}

const created = new RegExp(
  `^create\\s+(?:or\\s+replace\\s+)?(?:(?:algorithm|definer)\\s*=\\s*\\S+?\\s+|sql\\s+security\\s+\\w+\\s+|aggregate\\s+|temporary\\s+|\\S+@\\S+\\s+)*(table|view|trigger|procedure|function|event|sequence)\\s+(?:if\\s+not\\s+exists\\s+)?${identifier}`,
  'i',
)
