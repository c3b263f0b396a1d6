import { TokenReader } from '../sql/token-reader.ts'
import { firstTokens, unescapeString } from '../sql/tokens.ts'

export interface InsertRows {
  schema: string
  name: string
  columns: string[]
  /** The rows as COPY would write them, in the bytes of the statement's encoding. */
  rows: Buffer
  count: number
}

interface Head {
  /** Text up to and with VALUES. */
  prefix: string
  schema: string
  name: string
  columns: string[]
}

/** Reads INSERT statements as pg_dump writes them; remembers how the last one began, because the next begins the same. */
export class InsertReader {
  /** `standard_conforming_strings`: without it a backslash means something in every string. */
  standardStrings = true
  #head: Head | undefined

  /**
   * Turns the literals of `INSERT INTO … VALUES (literal, …), …;` into COPY's text format: the same value has the same text in both.
   * undefined when there is anything but literals. `bytes` in any encoding whose quotes are those of ASCII.
   */
  read(bytes: Buffer): InsertRows | undefined {
    const sql = bytes.toString('latin1')
    if (!this.#head || !sql.startsWith(this.#head.prefix)) this.#head = readHead(bytes, sql)
    if (!this.#head) return undefined
    const { prefix, schema, name, columns } = this.#head
    if (/^\s*default\s+values\s*;?\s*$/i.test(sql.slice(prefix.length, prefix.length + 40)))
      return { schema, name, columns, rows: Buffer.from('\n'), count: 1 }
    const at = valuesAt(sql, prefix.length)
    if (at < 0) return undefined
    const written = new RowWriter(sql, at, this.standardStrings)
    if (!written.read()) return undefined
    return {
      schema,
      name,
      columns,
      rows: Buffer.from(written.text, 'latin1'),
      count: written.count,
    }
  }
}

const values = /\s*values(?=[\s(])/iy

function valuesAt(sql: string, from: number): number {
  values.lastIndex = from
  return values.test(sql) ? values.lastIndex : -1
}

/** Table and columns; tokens are of the text in UTF-8, their places in it are turned into places of bytes. */
function readHead(bytes: Buffer, sql: string): Head | undefined {
  const text = bytes.toString('utf8', 0, 200_000)
  const head = new TokenReader(firstTokens(text, 4000))
  if (!head.words('insert', 'into')) return undefined
  const table = head.name()
  if (!table) return undefined
  const columns: string[] = []
  if (head.symbol('(')) while (head.current && !head.symbol(')')) addName(columns, head.next())
  head.words('overriding', 'system', 'value')
  const next = head.current
  if (!next || (next.text !== 'values' && next.text !== 'default')) return undefined
  const prefix = sql.slice(0, Buffer.byteLength(text.slice(0, next.at)))
  return { prefix, schema: table.schema ?? '', name: table.name, columns }
}

function addName(columns: string[], token: { kind: string; text: string } | undefined): void {
  if (token && token.kind !== 'symbol') columns.push(token.text)
}

const escapes: Record<string, string> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\b': '\\b',
  '\f': '\\f',
  '\v': '\\v',
}
const needsEscape = /[\\\n\t\r\b\f\v]/
const needsEscapeAll = /[\\\n\t\r\b\f\v]/g
const bare = /(null|default|true|false)\b|(-?[0-9.][0-9.eE+-]*)/iy

class RowWriter {
  text = ''
  count = 0
  #rows: string[] = []

  constructor(
    private readonly sql: string,
    private at: number,
    private readonly standardStrings: boolean,
  ) {}

  read(): boolean {
    do {
      if (!this.#tuple()) return false
      this.count++
      this.#space()
    } while (this.#take(','))
    this.text = this.#rows.join('')
    // pg_dump makes keys behind the rows: there is nothing yet that a row could be in conflict with.
    return /^(?:on\s+conflict\s+do\s+nothing\s*)?;?\s*$/i.test(this.sql.slice(this.at, this.at + 200))
  }

  #tuple(): boolean {
    this.#space()
    if (!this.#take('(')) return false
    const values: string[] = []
    do {
      this.#space()
      const value = this.#value()
      if (value === undefined) return false
      if (value !== isDefault) values.push(value)
      this.#space()
    } while (this.#take(','))
    this.#rows.push(values.join('\t') + '\n')
    return this.#take(')')
  }

  #value(): string | typeof isDefault | undefined {
    const char = this.sql[this.at]
    if (char === "'") return this.#string(this.at + 1, !this.standardStrings)
    const prefix = this.sql[this.at + 1] === "'" ? char?.toLowerCase() : undefined
    if (prefix === 'e') return this.#string(this.at + 2, true)
    if (prefix === 'b') return this.#string(this.at + 2, false)
    bare.lastIndex = this.at
    const found = bare.exec(this.sql)
    if (!found) return undefined
    this.at = bare.lastIndex
    const word = found[1]?.toLowerCase()
    if (word === undefined) return found[2]
    if (word === 'default') return isDefault
    return word === 'null' ? '\\N' : (word[0] as string)
  }

  #string(from: number, escaped: boolean): string | undefined {
    const at = escaped ? this.#endOfEscaped(from) : this.#endOfPlain(from)
    if (at < 0) return undefined
    const raw = this.sql.slice(from, at)
    this.at = at + 1
    const value = escaped ? unescapeString(raw) : raw.includes("''") ? raw.replaceAll("''", "'") : raw
    return needsEscape.test(value) ? value.replace(needsEscapeAll, (each) => escapes[each] as string) : value
  }

  #endOfPlain(from: number): number {
    let at = this.sql.indexOf("'", from)
    while (at >= 0 && this.sql.charCodeAt(at + 1) === 39) at = this.sql.indexOf("'", at + 2)
    return at
  }

  #endOfEscaped(from: number): number {
    for (let at = from; at < this.sql.length; at++) {
      const char = this.sql.charCodeAt(at)
      if (char === 92 || (char === 39 && this.sql.charCodeAt(at + 1) === 39)) at++
      else if (char === 39) return at
    }
    return -1
  }

  #space(): void {
    while (spaces.has(this.sql.charCodeAt(this.at))) this.at++
  }

  #take(char: string): boolean {
    if (this.sql[this.at] !== char) return false
    this.at++
    return true
  }
}

const spaces = new Set([32, 9, 10, 13])

/** The column is left out: COPY leaves generated columns out as well. */
const isDefault = Symbol('default')
