import { isCopyFromStdin, isMetaCopyFromStdin, settingOf } from '../sql/copy-statement.ts'
import { classes, classOf, hasUnsafeTrail, isWordByte } from './characters.ts'
import { CopyRows } from './copy-rows.ts'
import { BlockComment, dollarQuoted, EscapedString, type Inside, quoted } from './inside.ts'
import type { Piece } from './pieces.ts'
import { StatementBytes } from './statement-bytes.ts'
import { StatementDepth } from './statement-depth.ts'

const quote = 39
const doubleQuote = 34
const dollar = 36
const newline = 10

type State = 'sql' | 'word' | 'line' | 'meta' | 'rest' | 'copy' | Inside

export interface SplitterOptions {
  /** Bytes of a statement that are kept; a longer one comes with `cut`. */
  maxStatementBytes?: number
}

/**
 * Splits a plain dump as psql's scanner would, from chunks that may end anywhere. It never looks into strings, names, comments and
 * rows for anything but their end; memory is that of the longest statement. Never throws, whatever the bytes.
 */
export class SqlSplitter {
  #state: State = 'sql'
  #pieces: Piece[] = []
  #line = 1
  /** Line in which the current string or comment began. */
  #openLine = 1
  #carry = Buffer.alloc(0)
  /** Where the bytes that are being split begin in the text. */
  #base = 0
  /** What is left cannot be told without more bytes. */
  #wantsMore = false
  #last = false
  readonly #statement: StatementBytes
  readonly #depth = new StatementDepth()
  #copy = new CopyRows()
  /** What stands behind `COPY …;` on its line: psql runs it after the rows. */
  #rest = Buffer.alloc(0)
  #word = ''
  #text = ''
  #commentIsOutside = false
  #standardStrings = true
  #unsafeTrail = false

  constructor({ maxStatementBytes = 256 * 2 ** 20 }: SplitterOptions = {}) {
    this.#statement = new StatementBytes(maxStatementBytes)
  }

  push(chunk: Buffer): Piece[] {
    this.#run(chunk)
    return this.#take()
  }

  /** What is left at the end of the file; the last piece says inside what it ended, if inside anything. */
  end(): Piece[] {
    this.#last = true
    this.#run(Buffer.alloc(0))
    const inCopy = this.#state === 'copy' || this.#state === 'rest'
    const inside = inCopy ? 'copy' : typeof this.#state === 'object' ? this.#state.what : undefined
    const line = inCopy ? this.#line : this.#openLine
    if (inside) this.#pieces.push({ kind: 'open', inside, line, bytes: this.#statement.head() })
    else if (this.#statement.begun) this.#emit(Buffer.alloc(0), 0, false)
    return this.#take()
  }

  #take(): Piece[] {
    const pieces = this.#pieces
    this.#pieces = []
    return pieces
  }

  #run(chunk: Buffer): void {
    let buffer = this.#carry.length > 0 ? Buffer.concat([this.#carry, chunk]) : chunk
    let at = 0
    while (at < buffer.length && !this.#wantsMore) {
      const wasCopy = this.#state === 'copy'
      at = this.#step(buffer, at)
      if (!wasCopy || this.#state === 'copy' || this.#rest.length === 0) continue
      buffer = Buffer.concat([this.#rest, buffer.subarray(at)])
      this.#base += at - this.#rest.length
      this.#rest = Buffer.alloc(0)
      this.#line--
      at = 0
    }
    this.#wantsMore = false
    this.#statement.turn(buffer, at)
    this.#carry = Buffer.from(buffer.subarray(at))
    this.#base += at
    if (this.#last && (this.#state === 'line' || this.#state === 'meta')) this.#endOfLine(buffer.length)
  }

  /** Goes on from `at` until the state changes or the buffer ends, and says where it stopped. */
  #step(buffer: Buffer, at: number): number {
    if (typeof this.#state === 'object') return this.#inInside(this.#state, buffer, at)
    switch (this.#state) {
      case 'sql':
        return this.#sql(buffer, at)
      case 'word':
        return this.#inWord(buffer, at)
      case 'line':
      case 'meta':
        return this.#inLine(buffer, at)
      case 'rest':
        return this.#inRest(buffer, at)
      case 'copy':
        return this.#inCopy(buffer, at)
    }
  }

  #sql(buffer: Buffer, start: number): number {
    for (let at = start; at < buffer.length; at++) {
      const kind = classOf[buffer[at] as number] as number
      if (kind === classes.space) continue
      if (kind === classes.newline) {
        this.#line++
        continue
      }
      const next = this.#special(buffer, at, kind)
      if (next !== undefined) return next
      this.#statement.begin(at, this.#line)
    }
    return buffer.length
  }

  /** Where to go on when this byte begins something; undefined when it is only itself. */
  #special(buffer: Buffer, at: number, kind: number): number | undefined {
    switch (kind) {
      case classes.letter:
      case classes.digit:
        return this.#enter('word', at, at)
      case classes.quote:
        return this.#enter(this.#standardStrings ? quoted('string', quote) : this.#escaped(), at + 1, at)
      case classes.doubleQuote:
        return this.#enter(quoted('name', doubleQuote), at + 1, at)
      case classes.open:
        return void this.#depth.open()
      case classes.close:
        return void this.#depth.close()
      case classes.semicolon:
        return this.#depth.ends ? this.#semicolon(buffer, at) : undefined
      case classes.backslash:
        return this.#backslash(buffer, at)
      case classes.dollar:
        return this.#dollar(buffer, at)
      case classes.dash:
      case classes.slash:
        return this.#comment(buffer, at)
      default:
        return undefined
    }
  }

  #comment(buffer: Buffer, at: number): number | undefined {
    if (at + 1 === buffer.length && !this.#last) return this.#more(at)
    const pair = buffer.toString('latin1', at, at + 2)
    if (pair !== '--' && pair !== '/*') return undefined
    this.#commentIsOutside = !this.#statement.begun
    return pair === '--' ? this.#enter('line', at) : this.#enter(new BlockComment(), at + 2)
  }

  #backslash(buffer: Buffer, at: number): number {
    // \; and \: only take the meaning from the character.
    if (this.#statement.begun && (buffer[at + 1] === 59 || buffer[at + 1] === 58)) return at + 2
    this.#statement.pause(buffer, at)
    return this.#enter('meta', at)
  }

  #dollar(buffer: Buffer, at: number): number | undefined {
    let end = at + 1
    while (end < buffer.length && end - at < 256 && isTagByte(buffer[end] as number, end === at + 1)) end++
    if (end === buffer.length && !this.#last) return this.#more(at)
    if (buffer[end] !== dollar) return undefined
    return this.#enter(dollarQuoted(Buffer.from(buffer.subarray(at, end + 1))), end + 1, at)
  }

  #inWord(buffer: Buffer, start: number): number {
    let at = start
    while (at < buffer.length && isWordByte(buffer[at] as number)) at++
    if (this.#word.length < 64) this.#word += buffer.toString('latin1', start, Math.min(at, start + 64))
    if (at === buffer.length && !this.#last) return at
    const word = this.#word.toLowerCase()
    this.#word = ''
    this.#state = 'sql'
    if (word === 'e' && buffer[at] === quote) return this.#enter(this.#escaped(), at + 1)
    if (classOf[word.charCodeAt(0)] === classes.letter) this.#depth.word(word)
    return at
  }

  #inInside(inside: Inside, buffer: Buffer, at: number): number {
    const { next, done, lines } = inside.take(buffer, at, this.#last)
    this.#line += lines
    if (done) this.#state = 'sql'
    else this.#wantsMore = true
    return next
  }

  #inLine(buffer: Buffer, at: number): number {
    const found = buffer.indexOf(newline, at)
    const to = found < 0 ? buffer.length : found
    if (this.#text.length < 65_536) this.#text += buffer.toString('latin1', at, Math.min(to, at + 65_536))
    if (found >= 0) this.#endOfLine(to)
    return to
  }

  #endOfLine(at: number): void {
    const text = Buffer.from(this.#text.replace(/\r$/, ''), 'latin1').toString('utf8')
    const wasMeta = this.#state === 'meta'
    this.#text = ''
    this.#state = 'sql'
    if (!wasMeta) {
      if (this.#commentIsOutside) this.#pieces.push({ kind: 'comment', text: text.slice(0, 2000), line: this.#line })
      return
    }
    if (sends.test(text) && this.#statement.begun) this.#emit(Buffer.alloc(0), 0, true)
    const copy = isMetaCopyFromStdin(text)
    this.#pieces.push({ kind: 'meta', text, line: this.#line, copy })
    this.#statement.resume(at)
    if (copy) this.#beginRows()
  }

  #semicolon(buffer: Buffer, at: number): number {
    if (this.#statement.begun && this.#emit(buffer, at + 1, true)) this.#beginRows()
    return at + 1
  }

  #beginRows(): void {
    this.#rest = Buffer.alloc(0)
    this.#state = 'rest'
  }

  #inRest(buffer: Buffer, at: number): number {
    const found = buffer.indexOf(newline, at)
    const to = found < 0 ? buffer.length : found + 1
    this.#rest = Buffer.concat([this.#rest, buffer.subarray(at, to)])
    if (found < 0) return to
    this.#line++
    this.#state = 'copy'
    this.#copy = new CopyRows(this.#rest.toString('latin1').endsWith('\r\n'))
    if (/^\s*$/.test(this.#rest.toString('latin1'))) this.#rest = Buffer.alloc(0)
    return to
  }

  #inCopy(buffer: Buffer, at: number): number {
    const taken = this.#copy.take(buffer, at, this.#line, this.#pieces, this.#last, this.#base)
    this.#line += taken.lines
    this.#wantsMore = !taken.done
    if (!taken.done) return taken.next
    this.#pieces.push({ kind: 'copyEnd', line: this.#line - 1 })
    this.#state = 'sql'
    return taken.next
  }

  /** Hands over the statement that ends before `to`; says whether rows follow. */
  #emit(buffer: Buffer, to: number, terminated: boolean): boolean {
    this.#statement.pause(buffer, to)
    const taken = this.#statement.take()
    const copy = terminated && this.#depth.first === 'copy' && isCopyFromStdin(taken.bytes)
    this.#pieces.push({ kind: 'statement', ...taken, copy, unterminated: !terminated })
    if (this.#depth.first === 'set') this.#setting(taken.bytes)
    this.#depth.reset()
    return copy
  }

  #setting(bytes: Buffer): void {
    const { name, value } = settingOf(bytes) ?? {}
    if (name === 'standard_conforming_strings') this.#standardStrings = /^(on|true|yes|1|default)$/i.test(value ?? '')
    if (name === 'client_encoding') this.#unsafeTrail = hasUnsafeTrail(value ?? '')
  }

  /** `from`: the statement begins there at the latest. */
  #enter(state: State, at: number, from?: number): number {
    if (from !== undefined) this.#statement.begin(from, this.#line)
    this.#state = state
    this.#openLine = this.#line
    return at
  }

  #escaped(): Inside {
    return new EscapedString(this.#unsafeTrail)
  }

  #more(at: number): number {
    this.#wantsMore = true
    return at
  }
}

/** Commands that send the statement before them. */
const sends = /^\\(g|gx|gset|gexec|gdesc|watch|crosstabview)\b/

const isTagByte = (byte: number, first: boolean): boolean =>
  classOf[byte] === classes.letter || (classOf[byte] === classes.digit && !first)
