/** The bytes of a statement that may begin in one chunk and end in another; keeps at most `max` of them. */
export class StatementBytes {
  #kept: Buffer[] = []
  #size = 0
  #from = -1
  #line = 1
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  get begun(): boolean {
    return this.#from >= 0 || this.#size > 0
  }

  begin(at: number, line: number): void {
    if (this.begun) return
    this.#from = at
    this.#line = line
  }

  /** What is before `to` in this chunk belongs to the statement; it goes on later with `resume`. */
  pause(buffer: Buffer, to: number): void {
    if (this.#from < 0) return
    const part = buffer.subarray(this.#from, to)
    const room = Math.max(0, this.#max - this.#size)
    if (part.length > 0 && room > 0) this.#kept.push(part.subarray(0, room))
    this.#size += part.length
    this.#from = -1
  }

  resume(at: number): void {
    if (this.#size > 0) this.#from = at
  }

  /** The chunk is used up to `at`; the next one begins there. */
  turn(buffer: Buffer, at: number): void {
    if (this.#from < 0) return
    const waits = this.#from >= at
    this.pause(buffer, at)
    if (waits || this.#size > 0) this.#from = 0
  }

  /** Hands over the statement and forgets it. */
  take(): { bytes: Buffer; line: number; cut: boolean } {
    const bytes = this.#kept.length === 1 ? (this.#kept[0] as Buffer) : Buffer.concat(this.#kept)
    const taken = { bytes, line: this.#line, cut: this.#size > bytes.length }
    this.#kept = []
    this.#size = 0
    this.#from = -1
    return taken
  }

  /** The first bytes of what there is so far. */
  head(): Buffer {
    return Buffer.concat(this.#kept.slice(0, 4)).subarray(0, 4096)
  }
}
