/**
 * A value of a row as it is written. `text` holds bytes as Latin-1, without quotes and escapes; `other` is what only a server can evaluate:
 * DEFAULT, calls of functions, strings of another charset.
 */
export interface RowValue {
  form: 'string' | 'number' | 'hex' | 'bits' | 'null' | 'other'
  text: string
}

const none: RowValue = { form: 'null', text: '' }
const other: RowValue = { form: 'other', text: '' }

/** The values of a row with its parentheses, as an INSERT has it (bytes as Latin-1). */
export function rowValues(row: string): RowValue[] {
  const reader = new ValueReader(row)
  const values: RowValue[] = []
  do values.push(reader.next())
  while (!reader.isOver)
  return values
}

const binary = /_binary\b\s*/iy
const word = /[\w.+-]*/y
const number = /[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?=[,)])/iy
const spaces = /\s*/y
const beyond = /[^'"(),]+/y

class ValueReader {
  isOver = false
  #at = 1

  constructor(private readonly row: string) {}

  next(): RowValue {
    const value = this.#value()
    if (this.row.charCodeAt(this.#at) <= 32) this.#skip(spaces)
    const isEnd = this.row[this.#at] === ',' || this.#at >= this.row.length - 1
    const whole = isEnd ? value : this.#expression()
    this.isOver = this.#at >= this.row.length - 1
    this.#at++
    return whole
  }

  #value(): RowValue {
    if (this.row.charCodeAt(this.#at) <= 32) this.#skip(spaces)
    if (this.row[this.#at] === '_') this.#skip(binary)
    const mark = this.row[this.#at]
    if (mark === "'" || mark === '"') return { form: 'string', text: this.#string(mark) }
    const text = this.#skip(number)
    return text === '' ? this.#word() : { form: 'number', text }
  }

  #word(): RowValue {
    const text = this.#skip(word)
    if (/^null$/i.test(text)) return none
    if (/^(?:true|false)$/i.test(text)) return { form: 'number', text: /^t/i.test(text) ? '1' : '0' }
    if (/^0x[\da-f]*$/i.test(text)) return { form: 'hex', text: fromHex(text.slice(2)) }
    if (/^0b[01]+$/.test(text)) return { form: 'bits', text: fromBits(text.slice(2)) }
    if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return { form: 'number', text }
    const mark = this.row[this.#at]
    if (text === '' || (mark !== "'" && mark !== '"')) return other
    const quoted = this.#string(mark)
    if (/^x$/i.test(text)) return { form: 'hex', text: fromHex(quoted) }
    return /^b$/i.test(text) ? { form: 'bits', text: fromBits(quoted) } : other
  }

  /** To the comma or the end, over strings and parentheses. */
  #expression(): RowValue {
    let depth = 0
    while (this.#at < this.row.length - 1) {
      const char = this.row[this.#at] as string
      if (char === ',' && depth === 0) break
      if (char === "'" || char === '"') this.#string(char)
      else if (this.#skip(beyond) === '') {
        depth += char === '(' ? 1 : char === ')' ? -1 : 0
        this.#at++
      }
    }
    return other
  }

  #string(mark: string): string {
    const { row } = this
    const from = this.#at + 1
    const end = mark.charCodeAt(0)
    let isPlain = true
    let at = from
    for (; at < row.length; at++) {
      const char = row.charCodeAt(at)
      if (char === 92) at++
      else if (char !== end) continue
      else if (row[at + 1] === mark) at++
      else break
      isPlain = false
    }
    this.#at = at + 1
    const text = row.slice(from, at)
    return isPlain ? text : unescaped(text, mark)
  }

  #skip(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const [text = ''] = pattern.exec(this.row) ?? []
    this.#at += text.length
    return text
  }
}

const letters: Record<string, string> = { '0': '\0', n: '\n', t: '\t', r: '\r', b: '\b', Z: '\x1a' }

/** A backslash before `%` and `_` stays; both quotes may be doubled. */
const unescaped = (text: string, mark: string): string =>
  text.replace(mark === "'" ? /\\(.)|''/gs : /\\(.)|""/gs, (found, letter: string | undefined) =>
    letter === undefined ? mark : letter === '%' || letter === '_' ? found : (letters[letter] ?? letter),
  )

const fromHex = (digits: string): string =>
  Buffer.from(digits.length % 2 === 1 ? `0${digits}` : digits, 'hex').toString('latin1')

/** `101` -> the bytes of it, the last bit last. */
const fromBits = (bits: string): string =>
  (bits.padStart(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/g) ?? [])
    .map((byte) => String.fromCharCode(Number.parseInt(byte, 2)))
    .join('')
