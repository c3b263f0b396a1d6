import { classes, classOf, countLines } from './characters.ts'

/** How far something went in one chunk: `next` is where it stopped, what is left must come again with more bytes unless it is `done`. */
export interface Taken {
  next: number
  done: boolean
  /** Ends of line that were passed. */
  lines: number
}

/** Something in which no byte means what it means outside: a string, a quoted name, a dollar-quoted body, a comment. */
export interface Inside {
  readonly what: 'string' | 'name' | 'dollar' | 'comment'
  take(buffer: Buffer, at: number, last: boolean): Taken
}

const quote = 39
const backslash = 92
const newline = 10

/** To the next quote. A doubled one ends the string and begins it again, which is the same. */
export const quoted = (what: 'string' | 'name', end: number): Inside => ({
  what,
  take(buffer, at) {
    const found = buffer.indexOf(end, at)
    const next = found < 0 ? buffer.length : found + 1
    return { next, done: found >= 0, lines: countLines(buffer, at, next) }
  },
})

/** To the end of a dollar-quoted body; `tag` with its dollars. */
export const dollarQuoted = (tag: Buffer): Inside => ({
  what: 'dollar',
  take(buffer, at, last) {
    const found = buffer.indexOf(tag, at)
    const unsure = last ? 0 : tag.length - 1
    const next = found < 0 ? Math.max(at, buffer.length - unsure) : found + tag.length
    return { next, done: found >= 0, lines: countLines(buffer, at, next) }
  },
})

/**
 * A string in which a backslash takes the meaning from the next character; begins behind its quote. `''` goes on, and so does a quote
 * on a later line: PostgreSQL joins such strings. `unsafeTrail`: the second byte of a character may be a backslash or a quote.
 */
export class EscapedString implements Inside {
  readonly what = 'string'
  /** Behind a quote that may have been the last: whether an end of line has been passed since. */
  #behind: 'no' | 'quote' | 'newline' = 'no'

  constructor(private readonly unsafeTrail: boolean) {}

  take(buffer: Buffer, at: number, last: boolean): Taken {
    let next = at
    let lines = 0
    for (; next < buffer.length; next++) {
      const byte = buffer[next] as number
      if (byte === newline) lines++
      if (this.#behind !== 'no') {
        const again = byte === quote && (this.#behind === 'newline' || next === at || buffer[next - 1] === quote)
        if (again) this.#behind = 'no'
        else if (byte === newline) this.#behind = 'newline'
        else if (classOf[byte] !== classes.space) return { next, done: true, lines }
        continue
      }
      const pair = byte === backslash || (this.unsafeTrail && byte > 127)
      if (pair && next + 1 === buffer.length && !last) return { next, done: false, lines }
      if (pair && buffer[next + 1] === newline) lines++
      if (pair) next++
      else if (byte === quote) this.#behind = 'quote'
    }
    return { next: buffer.length, done: last && this.#behind !== 'no', lines }
  }
}

/** A block comment; PostgreSQL's nest. Begins behind its slash and star. */
export class BlockComment implements Inside {
  readonly what = 'comment'
  #depth = 1

  take(buffer: Buffer, at: number, last: boolean): Taken {
    let lines = 0
    for (let next = at; next < buffer.length; next++) {
      const byte = buffer[next] as number
      if (byte === newline) lines++
      if (byte !== 42 && byte !== 47) continue
      if (next + 1 === buffer.length && !last) return { next, done: false, lines }
      const pair = buffer.toString('latin1', next, next + 2)
      if (pair !== '*/' && pair !== '/*') continue
      this.#depth += pair === '/*' ? 1 : -1
      next++
      if (this.#depth === 0) return { next: next + 1, done: true, lines }
    }
    return { next: buffer.length, done: false, lines }
  }
}
