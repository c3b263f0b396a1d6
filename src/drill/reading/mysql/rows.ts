import { classes, classOf, isWordByte } from '../plain/characters.ts'

const newline = 10
const space = 32
const quote = 39
const doubleQuote = 34
const open = 40
const close = 41
const comma = 44
const minus = 45
const dot = 46
const backslash = 92

/** A longer row is passed over: nobody wants to hold it in memory. */
const longestRow = 1 << 26

/**
 * The rows of one INSERT, found without looking at every byte twice: passes what dumps write in rows (numbers, strings, NULL) and stops at
 * everything else, which is for the splitter.
 */
export class RowScanner {
  /** Parentheses that are open, in rows and elsewhere. */
  depth = 0
  /** Behind VALUES. */
  isOpen = false
  /** Rows that were begun. */
  count = 0
  /** Ends of line that were passed. */
  lines = 0
  #start = -1
  #parts: Buffer[] = []
  #bytes = 0

  /** `found` gets each row with its parentheses; undefined: it is too long. Bytes are valid as long as `buffer` is. */
  take(buffer: Buffer, from: number, limit: number, found: (row: Buffer | undefined) => void): number {
    let at = from
    while (at < limit) {
      const byte = buffer[at] as number
      if (byte === open && this.depth === 0) {
        this.depth = 1
        this.count++
        this.#start = at++
      } else if (byte === close && this.depth === 1) {
        this.depth = 0
        found(this.#row(buffer, ++at))
      } else if (byte === newline) {
        this.lines++
        at++
      } else if (byte === comma || byte === space) at++
      else {
        const next = this.depth === 1 ? this.#value(buffer, at, byte) : -1
        if (next < 0) return at
        at = next
      }
    }
    return at
  }

  /** Keeps what there is of a row that goes on in the next buffer, which begins with what stands at `at`. */
  carry(buffer: Buffer, at: number): void {
    if (this.#start < 0) return
    this.#keep(buffer.subarray(this.#start, at))
    this.#start = 0
  }

  /** The statement is over. */
  reset(): void {
    this.depth = 0
    this.isOpen = false
    this.count = 0
    this.#drop()
  }

  /** Where a literal ends; below 0: this is something else, or goes on in the next buffer. */
  #value(buffer: Buffer, at: number, byte: number): number {
    if (byte === quote || byte === doubleQuote) return this.#string(buffer, at + 1, byte)
    if (classOf[byte] === classes.digit || byte === dot) return endOfWord(buffer, at + 1)
    if (byte === minus && classOf[buffer[at + 1] ?? 0] === classes.digit) return at + 1
    if (byte === 78 && buffer[at + 1] === 85 && buffer[at + 2] === 76 && buffer[at + 3] === 76) {
      const end = endOfWord(buffer, at + 4)
      return end === at + 4 ? end : -1
    }
    return -1
  }

  #string(buffer: Buffer, from: number, mark: number): number {
    let lines = 0
    for (let at = from; at < buffer.length; at++) {
      const byte = buffer[at]
      if (byte === newline) lines++
      if (byte === backslash && buffer[++at] === newline) lines++
      if (byte !== mark) continue
      this.lines += lines
      return at + 1
    }
    return -1
  }

  #row(buffer: Buffer, end: number): Buffer | undefined {
    const last = buffer.subarray(this.#start, end)
    if (this.#bytes === 0) {
      this.#start = -1
      return last
    }
    this.#keep(last)
    const row = this.#bytes > longestRow ? undefined : Buffer.concat(this.#parts)
    this.#drop()
    return row
  }

  #keep(part: Buffer): void {
    this.#bytes += part.length
    if (this.#bytes > longestRow) this.#parts = []
    else this.#parts.push(part)
  }

  #drop(): void {
    this.#start = -1
    this.#parts = []
    this.#bytes = 0
  }
}

function endOfWord(buffer: Buffer, from: number): number {
  let at = from
  while (at < buffer.length && (isWordByte(buffer[at] as number) || buffer[at] === dot)) at++
  return at
}
