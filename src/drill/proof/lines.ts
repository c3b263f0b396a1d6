import { createHash } from 'node:crypto'
import type { Canonical } from './canonical.ts'

/** Hands out the lines of a stream one by one, without their LF. */
export class LineReader {
  private readonly source: AsyncIterator<Uint8Array>
  private rest: Buffer = Buffer.alloc(0)
  private ended = false

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.source = chunks[Symbol.asyncIterator]()
  }

  /** The next line, or undefined after the last one. Bytes are valid until the next call. */
  async next(): Promise<Buffer | undefined> {
    for (;;) {
      const end = this.rest.indexOf(10)
      if (end >= 0) {
        const line = this.rest.subarray(0, end)
        this.rest = this.rest.subarray(end + 1)
        return line
      }
      if (this.ended) return this.last()
      await this.fill()
    }
  }

  private last(): Buffer | undefined {
    const line = this.rest.length > 0 ? this.rest : undefined
    this.rest = Buffer.alloc(0)
    return line
  }

  /** A line that spans many chunks is put together once, not once per chunk. */
  private async fill(): Promise<void> {
    const parts: Uint8Array[] = [this.rest]
    for (;;) {
      const { value, done } = await this.source.next()
      if (done) {
        this.ended = true
        break
      }
      parts.push(Buffer.from(value.buffer, value.byteOffset, value.length))
      if (value.includes(10)) break
    }
    this.rest = Buffer.concat(parts)
  }
}

/** The sum of the hashes of many lines: alike for the same lines in any order, each as often. */
export class LineSum {
  private readonly lanes = new Uint32Array(8)

  add(line: string, sign: 1 | -1): void {
    const digest = createHash('sha256').update(line, 'latin1').digest()
    for (let lane = 0; lane < this.lanes.length; lane++) this.lanes[lane]! += sign * digest.readUInt32LE(lane * 4)
  }

  get isZero(): boolean {
    return this.lanes.every((lane) => lane === 0)
  }
}

/** What is left different between two streams once values are written alike. Names of columns only, never their values. */
export interface LineComparison {
  equal: boolean
  /** Rows of each side. */
  left: number
  right: number
  /** Rows that differ at the same place; meaningful when both sides have as many rows. */
  differing: number
  /** Places of the columns in which they differ, from 0. */
  columns: number[]
}

/** Compares COPY rows of the file with those of the database; order does not count. */
export class LineComparer {
  private readonly sum = new LineSum()
  private readonly columns = new Set<number>()
  private left = 0
  private right = 0
  private differing = 0
  private readonly canonicals: readonly (Canonical | undefined)[]

  constructor(canonicals: readonly (Canonical | undefined)[]) {
    this.canonicals = canonicals
  }

  /** Rows of both sides, in their order: rows that are alike at the same place cost nearly nothing. */
  async both(left: AsyncIterable<Uint8Array>, right: AsyncIterable<Uint8Array>): Promise<void> {
    const [file, database] = [new LineReader(left), new LineReader(right)]
    for (;;) {
      const [a, b] = await Promise.all([file.next(), database.next()])
      if (a === undefined && b === undefined) return
      if (a !== undefined) this.left++
      if (b !== undefined) this.right++
      if (a !== undefined && b !== undefined && a.equals(b)) continue
      this.pair(a && this.canonical(a), b && this.canonical(b))
    }
  }

  /** Rows of one side only, for data that comes in several pieces; `order`: where each column stands in them, if elsewhere. */
  async one(side: 'left' | 'right', chunks: AsyncIterable<Uint8Array>, order?: readonly number[]): Promise<void> {
    const reader = new LineReader(chunks)
    for (;;) {
      const line = await reader.next()
      if (line === undefined) return
      this[side]++
      this.sum.add(this.canonical(line, order).join('\t'), side === 'left' ? 1 : -1)
    }
  }

  result(): LineComparison {
    const { left, right, differing } = this
    return {
      equal: left === right && this.sum.isZero,
      left,
      right,
      differing,
      columns: [...this.columns].sort((a, b) => a - b),
    }
  }

  private pair(a: string[] | undefined, b: string[] | undefined): void {
    const [one, other] = [a?.join('\t'), b?.join('\t')]
    if (one === other) return
    if (one !== undefined) this.sum.add(one, 1)
    if (other !== undefined) this.sum.add(other, -1)
    this.differing++
    if (!a || !b) return
    for (let at = 0; at < Math.max(a.length, b.length); at++) if (a[at] !== b[at]) this.columns.add(at)
  }

  private canonical(line: Buffer, order?: readonly number[]): string[] {
    const stand = line.toString('latin1').split('\t')
    const values = order ? order.map((place) => stand[place] ?? '') : stand
    return values.map((value, at) => this.canonicals[at]?.(value) ?? value)
  }
}
