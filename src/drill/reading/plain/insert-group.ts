import { InsertReader, type InsertRows } from './insert-rows.ts'
import type { StatementPiece } from './pieces.ts'

export interface InsertedRows {
  schema: string
  name: string
  columns: string[]
  line: number
  data: AsyncIterable<Buffer>
}

const maxBytes = 8 * 2 ** 20

/**
 * Joins INSERT statements of literals for one table into one COPY: the same rows, and as fast. Only for dumps that pg_dump wrote: in
 * other SQL a literal may mean more than its text (`1e3` for an integer), or columns may be left out.
 */
export class InsertGroup {
  #first: { rows: InsertRows; line: number } | undefined
  #chunks: Buffer[] = []
  #bytes = 0
  readonly #inserts = new InsertReader()
  readonly #enabled: boolean

  constructor(enabled: boolean) {
    this.#enabled = enabled
  }

  set standardStrings(are: boolean) {
    this.#inserts.standardStrings = are
  }

  /** Takes a statement that goes on with the group, or begins one; false when the group has to be finished first. */
  takes({ bytes, line, cut }: StatementPiece): boolean {
    if (!this.#enabled || cut || this.#bytes > maxBytes || !/^insert\s/i.test(bytes.toString('latin1', 0, 7)))
      return false
    const rows = this.#inserts.read(bytes)
    if (!rows || (this.#first && !isSame(rows, this.#first.rows))) return false
    this.#first ??= { rows, line }
    this.#chunks.push(rows.rows)
    this.#bytes += rows.rows.length
    return true
  }

  finish(): InsertedRows | undefined {
    if (!this.#first) return undefined
    const { rows, line } = this.#first
    const chunks = this.#chunks
    this.#first = undefined
    this.#chunks = []
    this.#bytes = 0
    return {
      schema: rows.schema,
      name: rows.name,
      columns: rows.columns,
      line,
      data: (async function* () {
        yield* chunks
      })(),
    }
  }
}

const isSame = (one: InsertRows, other: InsertRows): boolean =>
  one.name === other.name && one.schema === other.schema && one.columns.join('\0') === other.columns.join('\0')
