import { type Finding, type FindingCode, finding } from '../../findings.ts'
import type { BackupHeader, LargeObjectsReading, ObjectReading, SequenceReading, TableReading } from '../define.ts'
import { ObjectDigest } from '../object-digest.ts'
import { hostileBodyOf } from './hostile.ts'
import type { StatementFacts } from './statement.ts'
import { tokensOf } from './tokens.ts'

const maxPerCode = 10

/** Gathers what the statements and tables of a dump tell; the same for plain dumps and archives. */
export class DumpFacts {
  readonly header: BackupHeader = { encoding: 'UTF8' }
  readonly tables: TableReading[] = []
  readonly objects: ObjectReading[] = []
  readonly sequences: SequenceReading[] = []
  readonly findings: Finding[] = []
  readonly largeObjects = { count: 0, bytes: 0, oids: [] as string[] }
  readonly objectDigest = new ObjectDigest()
  #isDigestKnown = true
  readonly #roles = new Set<string>()
  readonly #extensions = new Set<string>()
  readonly #tablespaces = new Set<string>()
  readonly #languages = new Set<string>()
  /** Functions whose body would do harm if it ran, by name. */
  readonly #traps = new Map<string, string>()
  database: string | undefined
  #isHeadKnown = false

  constructor(
    private readonly allow: ReadonlySet<string>,
    private readonly onHead?: (header: BackupHeader) => void,
  ) {}

  /** A dump of one database said all of itself that stands before its rows, and so far nothing is wrong with it. */
  headEnds(): void {
    if (this.#isHeadKnown) return
    this.#isHeadKnown = true
    if (!this.findings.some(({ exit }) => exit !== 0)) this.onHead?.({ ...this.header })
  }

  statement(facts: StatementFacts, sql: string, where: string): void {
    for (const role of facts.roles) this.role(role)
    if (facts.verb === 'CREATE DATABASE') this.#locale(sql)
    if (facts.extension) this.#extensions.add(facts.extension)
    if (facts.tablespace) this.#tablespaces.add(facts.tablespace)
    if (facts.needs) this.#languages.add(facts.needs)
    if (facts.sequence) this.sequences.push({ ...this.#inDatabase, ...facts.sequence })
    if (facts.largeObject) this.largeObject(facts.largeObject, 0)
    if (facts.toObject) this.#toObject(facts.toObject)
    if (facts.object && (facts.verb.startsWith('CREATE ') || / ADD CONSTRAINT /.test(facts.what)))
      this.object(facts.object)
    const hostile = facts.hostile ?? this.#sprung(facts, sql)
    if (hostile) this.hostile(hostile, where, facts.what)
    this.#trap(facts, sql)
  }

  #toObject(what: NonNullable<StatementFacts['toObject']>): void {
    if (what === 'unknown') this.#isDigestKnown = false
    else if ('open' in what) this.objectDigest.begin(what.open)
    else this.objectBytes(what.write)
  }

  /** Of the large object that was begun last. */
  objectBytes(bytes: Buffer): void {
    this.largeObjects.bytes += bytes.length
    this.objectDigest.update(bytes)
  }

  /** What is known of all large objects, at the end of the backup. */
  allObjects(): LargeObjectsReading {
    this.objectDigest.end()
    return { ...this.largeObjects, ...(this.#isDigestKnown && { digest: this.objectDigest.text }) }
  }

  hostile(kind: string, where: string, what: string): void {
    if (this.allow.has(kind)) return
    this.found('HOSTILE_DUMP', `${where}: ${kind} would run while the backup is restored (${what})`, kind)
  }

  object(object: ObjectReading): void {
    this.objects.push({ ...this.#inDatabase, ...object })
  }

  role(name: string): void {
    this.#roles.add(name)
  }

  tablespace(name: string): void {
    this.#tablespaces.add(name)
  }

  extension(name: string): void {
    this.#extensions.add(name)
  }

  largeObject(oid: string, bytes: number): void {
    this.largeObjects.count++
    this.largeObjects.bytes += bytes
    if (oid !== '') this.largeObjects.oids.push(oid)
  }

  table(table: TableReading): void {
    this.tables.push({ ...this.#inDatabase, ...table })
  }

  found(code: FindingCode, message: string, object?: string, exit?: 0): void {
    if (this.findings.filter((each) => each.code === code).length >= maxPerCode) return
    if (this.findings.some((each) => each.code === code && each.message === message)) return
    this.findings.push(finding(code, 'read', message, { object, ...(exit !== undefined && { exit }) }))
  }

  lists(): { roles: string[]; extensions: string[]; tablespaces: string[]; needs: string[] } {
    for (const each of this.#languages) {
      const language = each.replace('language ', '')
      if (!this.#extensions.has(language))
        this.found('HOSTILE_DUMP', `functions in ${each}, whose extension is not in the backup`, `LANGUAGE ${language}`)
    }
    return {
      roles: [...this.#roles].sort(),
      extensions: [...this.#extensions].sort(),
      tablespaces: [...this.#tablespaces].sort(),
      needs: [...this.#languages].sort(),
    }
  }

  get #inDatabase(): { database?: string } {
    return this.database === undefined ? {} : { database: this.database }
  }

  #locale(sql: string): void {
    const [, locale] = /\b(?:LOCALE|LC_COLLATE)\s*=\s*'((?:[^']|'')*)'/i.exec(sql) ?? []
    if (locale) this.header.locale ??= locale.replaceAll("''", "'")
  }

  #trap({ verb, object }: StatementFacts, sql: string): void {
    if (!/^CREATE (FUNCTION|PROCEDURE)$/.test(verb) || !object || sql.length > 1_000_000) return
    const harm = /copy|pg_|lo_|dblink|http|system|server|subscription/i.test(sql) ? hostileBodyOf(sql) : undefined
    if (harm) this.#traps.set(object.name.replace(/\(.*$/s, ''), harm)
  }

  /** A call of such a function by a statement that runs at once. */
  #sprung({ verb, what }: StatementFacts, sql: string): string | undefined {
    if (
      this.#traps.size === 0 ||
      !/^(SELECT|CALL|DO|WITH|VALUES|INSERT INTO|UPDATE|DELETE|EXECUTE|PERFORM|CREATE INDEX)$/.test(verb)
    )
      return undefined
    if (what.startsWith('SELECT setval')) return undefined
    for (const token of tokensOf(sql)) {
      const harm = token.kind === 'word' || token.kind === 'name' ? this.#traps.get(token.text) : undefined
      if (harm) return `${token.text}(), which does ${harm},`
      if (verb !== 'DO' || token.kind !== 'dollar') continue
      const called = [...this.#traps.keys()].find((name) => token.text.includes(name))
      if (called) return `${called}()`
    }
    return undefined
  }
}
