import { createHash } from 'node:crypto'

const newline = 10
const backslash = 92

/** Rows, bytes and SHA-256 of a stream of COPY rows in text format with LF; chunks may end anywhere. */
export class RowDigest {
  readonly #hash = createHash('sha256')
  #rows = 0
  #bytes = 0
  #last = newline
  #backslashes = 0

  /** Short chunks are joined first: hashing costs the same for one byte and for a thousand. */
  #waiting: Buffer[] = []
  #waitingBytes = 0

  /** `lines`: ends of line in `chunk` when they are known already. The chunk belongs to the digest from then on. */
  update(chunk: Buffer, lines?: number): void {
    if (chunk.length >= 4096) {
      this.#flush()
      this.#take(chunk, lines ?? countNewlines(chunk))
      return
    }
    this.#waiting.push(chunk)
    this.#waitingBytes += chunk.length
    if (this.#waitingBytes >= 65_536) this.#flush()
  }

  #flush(): void {
    const joined = Buffer.concat(this.#waiting)
    this.#waiting = []
    this.#waitingBytes = 0
    this.#take(joined, countNewlines(joined))
  }

  #take(chunk: Buffer, lines: number): void {
    if (chunk.length === 0) return
    this.#hash.update(chunk)
    this.#rows += lines - this.#continued(chunk)
    this.#bytes += chunk.length
    this.#last = chunk[chunk.length - 1] as number
    this.#backslashes = trailingBackslashes(chunk, chunk.length, this.#backslashes)
  }

  get rows(): number {
    this.#flush()
    return this.#last === newline ? this.#rows : this.#rows + 1
  }

  get bytes(): number {
    this.#flush()
    return this.#bytes
  }

  digest(): string {
    this.#flush()
    return this.#hash.copy().digest('hex')
  }

  /** Ends of line that belong to a value: a backslash before them that is not itself escaped. pg_dump writes `\n`, others need not. */
  #continued(chunk: Buffer): number {
    let found = 0
    for (let at = chunk.indexOf('\\\n'); at >= 0; at = chunk.indexOf('\\\n', at + 2))
      if (trailingBackslashes(chunk, at + 1, this.#backslashes) % 2 === 1) found++
    if (chunk[0] === newline && this.#backslashes % 2 === 1) found++
    return found
  }
}

/** Backslashes directly before `end`; those of the chunk before count when they reach back to it. */
function trailingBackslashes(chunk: Buffer, end: number, before: number): number {
  let at = end
  while (at > 0 && chunk[at - 1] === backslash) at--
  return end - at + (at === 0 ? before : 0)
}

function countNewlines(chunk: Buffer): number {
  let found = 0
  for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, at + 1)) found++
  return found
}
