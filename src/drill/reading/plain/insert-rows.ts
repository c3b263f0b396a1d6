import { TokenReader } from '../sql/token-reader.ts'
import { firstTokens, unescapeString } from '../sql/tokens.ts'

export interface InsertRows {
  schema: string
  name: string
  columns: string[]
  /** The rows as COPY would write them, in the bytes of the statement's encoding. */
  rows: Buffer
  count: number
  /** `ON CONFLICT DO NOTHING` and the like follow: not the same as COPY when it is run. */
  hasClause: boolean
}

/**
 * Reads `INSERT INTO … VALUES (literal, …), …;` as pg_dump writes it, and turns the literals into COPY's text format: the same value has
 * the same text in both. undefined when there is anything but literals. `bytes` in any encoding whose quotes are those of ASCII.
 */
export function readInsert(bytes: Buffer): InsertRows | undefined {
  const sql = bytes.toString('latin1')
  const head = new TokenReader(firstTokens(bytes.toString('utf8', 0, 200_000), 4000))
  if (!head.words('insert', 'into')) return undefined
  const table = head.name()
  if (!table) return undefined
  const columns: string[] = []
  if (head.symbol('(')) while (head.current && !head.symbol(')')) addName(columns, head.next())
  head.words('overriding', 'system', 'value')
  const named = { schema: table.schema ?? '', name: table.name, columns }
  if (head.words('default', 'values')) return { ...named, rows: Buffer.from('\n'), count: 1, hasClause: false }
  if (!head.words('values') || !head.current) return undefined
  const written = new RowWriter(sql, valuesAt(sql))
  return written.read()
    ? { ...named, rows: Buffer.from(written.text, 'latin1'), count: written.count, hasClause: written.hasClause }
    : undefined
}

function addName(columns: string[], token: { kind: string; text: string } | undefined): void {
  if (token && token.kind !== 'symbol') columns.push(token.text)
}

/** Behind the word VALUES: the first that is outside of quoted names. */
function valuesAt(sql: string): number {
  for (let at = 0; at < sql.length; at++) {
    if (sql[at] === '"') at = sql.indexOf('"', at + 1)
    else if (/^values[\s(]/i.test(sql.slice(at, at + 7)) && /[\s)]/.test(sql[at - 1] ?? '')) return at + 6
    if (at < 0) return sql.length
  }
  return sql.length
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
  hasClause = false
  #rows: string[] = []

  constructor(
    private readonly sql: string,
    private at: number,
  ) {}

  read(): boolean {
    do {
      if (!this.#tuple()) return false
      this.count++
      this.#space()
    } while (this.#take(','))
    this.hasClause = /^on\b/i.test(this.sql.slice(this.at, this.at + 3))
    this.text = this.#rows.join('')
    return this.hasClause ? /^on\s+conflict\s+do\s+nothing\s*;?\s*$/i.test(this.sql.slice(this.at)) : this.#take(';')
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
    if (char === "'") return this.#string(this.at + 1, false)
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
    let at = from
    for (; at < this.sql.length; at++) {
      const char = this.sql.charCodeAt(at)
      if (escaped && char === 92) at++
      else if (char === 39 && this.sql.charCodeAt(at + 1) === 39) at++
      else if (char === 39) break
    }
    if (at >= this.sql.length) return undefined
    const raw = this.sql.slice(from, at)
    this.at = at + 1
    const value = escaped ? unescapeString(raw) : raw.includes("''") ? raw.replaceAll("''", "'") : raw
    return needsEscape.test(value) ? value.replace(needsEscapeAll, (each) => escapes[each] as string) : value
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
