import { countLines } from './characters.ts'
import type { Piece } from './pieces.ts'

const mark = Buffer.from('\n\\.')
const newline = 10
const carriageReturn = 13

/**
 * Rows of one COPY up to the line `\.`. That text inside a value is written `\\.`, so nothing else is looked at.
 * Dumps written on Windows end rows with CRLF; they are handed over with LF, as the server reads them.
 */
export class CopyRows {
  #begun = false

  /** `windows`: ends of line are CRLF, as the line of the COPY statement shows. */
  constructor(private readonly windows = false) {}

  /** Takes rows from `buffer` at `at`; `base` is where the buffer begins in the text. `next` is where it stopped: after the `\.` line when `done`, else what is left must come again with more. */
  take(
    buffer: Buffer,
    at: number,
    line: number,
    pieces: Piece[],
    last: boolean,
    base = 0,
  ): { next: number; done: boolean; lines: number } {
    if (!this.#begun) {
      const head = endMarkAt(buffer, at, last)
      if (head === 'more') return { next: at, done: false, lines: 0 }
      if (head > 0) return { next: at + head, done: true, lines: 1 }
    }
    let search = at
    for (;;) {
      const found = buffer.indexOf(mark, search)
      if (found < 0) return this.#part(buffer, at, buffer.length - (last ? 0 : overlap(buffer, at)), line, pieces, base)
      const length = endMarkAt(buffer, found + 1, last)
      if (length === 'more') {
        const end = found > at && buffer[found - 1] === carriageReturn ? found - 1 : found
        return this.#part(buffer, at, end, line, pieces, base)
      }
      if (length > 0) {
        const { lines } = this.#part(buffer, at, found + 1, line, pieces, base)
        return { next: found + 1 + length, done: true, lines: lines + 1 }
      }
      search = found + 1
    }
  }

  #part(buffer: Buffer, from: number, to: number, line: number, pieces: Piece[], base: number) {
    if (to <= from) return { next: from, done: false, lines: 0 }
    this.#begun = true
    const lines = countLines(buffer, from, to)
    const bytes = buffer.subarray(from, to)
    if (this.windows) pieces.push({ kind: 'rows', bytes: withoutReturns(bytes), line, lines, at: undefined })
    else pieces.push({ kind: 'rows', bytes, line, lines, at: base + from })
    return { next: to, done: false, lines }
  }
}

/** Length of the `\.` line at `at`, 0 when there is another line, 'more' when the buffer ends before that can be told. */
function endMarkAt(buffer: Buffer, at: number, last: boolean): number | 'more' {
  const rest = buffer.length - at
  for (const [length, text] of [
    [3, '\\.\n'],
    [4, '\\.\r\n'],
  ] as const) {
    if (buffer.toString('latin1', at, at + length) === text) return length
    if (rest < length && text.startsWith(buffer.toString('latin1', at))) {
      if (!last) return 'more'
      if (rest >= 2) return rest
    }
  }
  return 0
}

/** How many bytes at the end could be the beginning of the end mark, or of a CRLF. */
function overlap(buffer: Buffer, from: number): number {
  for (const text of ['\r\n\\.\r', '\n\\.\r', '\r\n\\.', '\n\\.', '\r\n\\', '\n\\', '\r\n', '\n', '\r']) {
    const at = buffer.length - text.length
    if (at >= from && buffer.toString('latin1', at) === text) return text.length
  }
  return 0
}

function withoutReturns(bytes: Buffer): Buffer {
  const kept = Buffer.allocUnsafe(bytes.length)
  let length = 0
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === carriageReturn && bytes[at + 1] === newline) continue
    kept[length++] = bytes[at] as number
  }
  return kept.subarray(0, length)
}
