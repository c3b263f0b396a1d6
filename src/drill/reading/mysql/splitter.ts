import { classes, classOf, isWordByte } from '../plain/characters.ts'
import { type Inside, quoted } from '../plain/inside.ts'
import { backslashString, blockComment } from './inside.ts'
import { RowScanner } from './rows.ts'

export interface MysqlStatement {
  kind: 'statement'
  /** What stands outside of strings and comments, names in their backticks; strings are `''`, of rows only words. At most 64 KB. */
  code: string
  line: number
  /** Rows of an INSERT: parentheses behind VALUES. */
  tuples: number
  /** A delimiter ended it. */
  terminated: boolean
}

export interface MysqlComment {
  kind: 'comment'
  text: string
  line: number
}

/** A backslash command of the mysql client outside of strings. */
export interface MysqlCommand {
  kind: 'command'
  text: string
  line: number
}

/** A row of an INSERT, before the statement that it belongs to. */
export interface MysqlRow {
  kind: 'row'
  /** The statement's code up to its rows; the same string for all of them. */
  head: string
  /** As it stands there, with its parentheses; undefined: it is too long to be kept. */
  bytes: Buffer | undefined
}

export type MysqlPiece =
  | MysqlStatement
  | MysqlRow
  | MysqlComment
  | MysqlCommand
  | { kind: 'open'; line: number; code: string }

const maxCode = 65_536
const newline = 10

type State = 'sql' | 'line' | Inside

/** Splits a dump of mysqldump or mariadb-dump as the mysql client would: DELIMITER, backticks, backslashes in strings, comments that are code. */
export class MysqlSplitter {
  #state: State = 'sql'
  #carry: Buffer = Buffer.alloc(0)
  #line = 1
  #statementLine = 1
  #code = ''
  #begun = false
  #head = ''
  readonly #rows = new RowScanner()
  #delimiter = Buffer.from(';')
  #comment = ''
  #pieces: MysqlPiece[] = []
  #last = false
  #wantsMore = false
  readonly #found = (bytes: Buffer | undefined): void => {
    this.#pieces.push({ kind: 'row', head: this.#head, bytes })
  }

  push(chunk: Buffer): MysqlPiece[] {
    this.#run(chunk)
    return this.#pieces.splice(0)
  }

  end(): MysqlPiece[] {
    this.#last = true
    this.#run(Buffer.alloc(0))
    if (this.#state === 'line') this.#endComment()
    if (typeof this.#state === 'object')
      this.#pieces.push({ kind: 'open', line: this.#statementLine, code: this.#code })
    else if (this.#begun) this.#emit(false)
    return this.#pieces.splice(0)
  }

  #run(chunk: Buffer): void {
    const buffer = this.#carry.length > 0 ? Buffer.concat([this.#carry, chunk]) : chunk
    let at = 0
    while (at < buffer.length && !this.#wantsMore) at = this.#step(buffer, at)
    this.#wantsMore = false
    this.#rows.carry(buffer, at)
    this.#carry = Buffer.from(buffer.subarray(at))
  }

  #step(buffer: Buffer, at: number): number {
    if (this.#state === 'line') return this.#inComment(buffer, at)
    if (this.#state === 'sql') return this.#sql(buffer, at)
    const { next, done, lines } = this.#state.take(buffer, at, this.#last)
    this.#line += lines
    if (done) this.#state = 'sql'
    else this.#wantsMore = true
    return next
  }

  #sql(buffer: Buffer, start: number): number {
    const unsure = this.#last ? 0 : 11 + this.#delimiter.length
    for (let at = start; at < buffer.length; ) {
      if (this.#rows.isOpen) at = this.#inRows(buffer, at, buffer.length - unsure)
      if (buffer.length - at <= unsure) return this.#last ? at : this.#more(at)
      const byte = buffer[at] as number
      if (byte === this.#delimiter[0] && buffer.subarray(at, at + this.#delimiter.length).equals(this.#delimiter)) {
        if (this.#begun) this.#emit(true)
        return at + this.#delimiter.length
      }
      const next = this.#special(buffer, at, byte)
      if (next !== undefined) return next
      at = this.#plain(buffer, at, byte)
    }
    return buffer.length
  }

  #inRows(buffer: Buffer, at: number, limit: number): number {
    const next = this.#rows.take(buffer, at, limit, this.#found)
    this.#line += this.#rows.lines
    this.#rows.lines = 0
    // What comes next is a word of its own.
    if (next > at && !this.#code.endsWith(' ')) this.#add(' ')
    return next
  }

  #plain(buffer: Buffer, at: number, byte: number): number {
    if (byte === newline) this.#line++
    if (byte === newline || classOf[byte] === classes.space) {
      if (this.#begun && !this.#code.endsWith(' ')) this.#add(' ')
      return at + 1
    }
    this.#begin()
    if (isWordByte(byte)) {
      let end = at
      while (end < buffer.length && isWordByte(buffer[end] as number)) end++
      this.#word(buffer.toString('utf8', at, end))
      return end
    }
    this.#add(String.fromCharCode(byte))
    if (byte === 40) this.#rows.depth++
    if (byte === 41) this.#rows.depth--
    return at + 1
  }

  #special(buffer: Buffer, at: number, byte: number): number | undefined {
    const pair = buffer.toString('latin1', at, at + 3)
    if (byte === 39 || byte === 34) return this.#string(at, byte)
    if (byte === 96) return this.#name(buffer, at)
    if (/^--(\s|$)/.test(pair) || byte === 35) return this.#enter('line', at)
    if (pair.startsWith('/*')) return this.#block(buffer, at)
    if (pair.startsWith('*/')) return at + 2
    if (byte === 92) return this.#command(buffer, at)
    if (!this.#begun && /^delimiter\s/i.test(buffer.toString('latin1', at, at + 10)))
      return this.#newDelimiter(buffer, at)
    return undefined
  }

  #string(at: number, mark: number): number {
    this.#begin()
    this.#add("''")
    return this.#enter(backslashString(mark), at + 1)
  }

  /** Names are short and kept; one that does not end is a string that never ends. */
  #name(buffer: Buffer, at: number): number {
    const end = buffer.indexOf(96, at + 1)
    if (end < 0 && buffer.length - at < 400 && !this.#last) return this.#more(at)
    this.#begin()
    if (end < 0) return this.#enter(quoted('name', 96), at + 1)
    this.#add(buffer.toString('utf8', at, end + 1))
    return end + 1
  }

  /** `/*!40101 … *\/` and `/*M!… *\/` are code for servers of that version: only their marks are passed over. `\\-` is a command to the client. */
  #block(buffer: Buffer, at: number): number {
    const mark = /^\/\*M?!\d*(\\-)?/.exec(buffer.toString('latin1', at, at + 12))
    if (mark && mark[1] === undefined) return at + mark[0].length
    return this.#enter(blockComment, at + 2)
  }

  #command(buffer: Buffer, at: number): number {
    const end = buffer.indexOf(newline, at)
    if (end < 0 && buffer.length - at < 1000 && !this.#last) return this.#more(at)
    this.#pieces.push({
      kind: 'command',
      text: buffer.toString('utf8', at, end < 0 ? at + 200 : Math.min(end, at + 200)),
      line: this.#line,
    })
    return end < 0 ? buffer.length : end
  }

  #newDelimiter(buffer: Buffer, at: number): number {
    const end = buffer.indexOf(newline, at)
    if (end < 0 && buffer.length - at < 1000 && !this.#last) return this.#more(at)
    const line = buffer.toString('latin1', at + 10, end < 0 ? buffer.length : end).trim()
    this.#delimiter = Buffer.from(line.split(/\s/)[0] || ';', 'latin1')
    return end < 0 ? buffer.length : end
  }

  #word(word: string): void {
    const { depth, isOpen, count } = this.#rows
    this.#add(word)
    if (depth > 0) return
    // Behind the rows: ON DUPLICATE KEY UPDATE, a name for the new row.
    if (isOpen) this.#rows.isOpen = /^row$/i.test(word)
    else if (count === 0 && /^values?$/i.test(word) && /^(insert|replace)\s/i.test(this.#code)) {
      this.#head = this.#code
      this.#rows.isOpen = true
    }
  }

  #begin(): void {
    if (this.#begun) return
    this.#begun = true
    this.#statementLine = this.#line
  }

  #add(text: string): void {
    if (this.#code.length < maxCode) this.#code += text
  }

  #emit(terminated: boolean): void {
    this.#pieces.push({
      kind: 'statement',
      code: this.#code.trim(),
      line: this.#statementLine,
      tuples: this.#rows.count,
      terminated,
    })
    this.#code = ''
    this.#begun = false
    this.#rows.reset()
  }

  #inComment(buffer: Buffer, at: number): number {
    const end = buffer.indexOf(newline, at)
    const to = end < 0 ? buffer.length : end
    if (this.#comment.length < 512) this.#comment += buffer.toString('utf8', at, Math.min(to, at + 512))
    if (end >= 0) this.#endComment()
    return to
  }

  #endComment(): void {
    if (!this.#begun) this.#pieces.push({ kind: 'comment', text: this.#comment.replace(/\r$/, ''), line: this.#line })
    this.#comment = ''
    this.#state = 'sql'
  }

  #enter(state: State, at: number): number {
    this.#state = state
    return at
  }

  #more(at: number): number {
    this.#wantsMore = true
    return at
  }
}
