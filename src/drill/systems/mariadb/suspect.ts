import { type Finding, finding } from '../../findings.ts'
import { LineSum } from '../../proof/lines.ts'
import type { TableReading } from '../../reading/define.ts'
import type { Insert } from '../../reading/mysql/inserts.ts'
import { type RowValue, rowValues } from '../../reading/mysql/row-values.ts'
import type { MysqlRow } from '../../reading/mysql/splitter.ts'
import { type Canonical, type ColumnShape, canonicalOf } from './canonical.ts'
import type { MariadbTable } from './inspect.ts'

/** A table of the dump, and what was restored of it; as many rows in both. */
export interface Pair {
  file: TableReading
  restored: MariadbTable
}

interface Column extends ColumnShape {
  canonical: Canonical
}

/** A table whose rows are written in another way than in the dump: sums them up on both sides by their values, in any order. */
export class Suspect {
  #sum = new LineSum()
  /** What the server computes is not compared, nor what the dump leaves to it. */
  readonly #columns: Map<string, Column>
  /** What an INSERT that names no columns writes. */
  readonly #visible: readonly string[]
  readonly #unclear = new Set<string>()
  #isUnreadable = false
  /** A column was left out after rows were summed up with it. */
  isBegunAnew = false
  #places: { insert: Insert; of: readonly { place: number; column: Column }[] } | undefined

  constructor(
    readonly pair: Pair,
    isUtc: boolean,
  ) {
    const { shape } = pair.restored
    this.#visible = shape.filter(({ isInvisible }) => !isInvisible).map(({ name }) => name)
    const own = shape.filter(({ isGenerated }) => !isGenerated)
    this.#columns = new Map(own.map((each) => [keyOf(each.name), { ...each, canonical: canonicalOf(each, isUtc) }]))
  }

  begin(): void {
    this.#sum = new LineSum()
    this.#places = undefined
    this.isBegunAnew = false
  }

  take(insert: Insert, { bytes }: MysqlRow, sign: 1 | -1): void {
    if (this.#isUnreadable) return
    const values = bytes ? rowValues(bytes.toString('latin1')) : []
    const names = insert.columns.length > 0 ? insert.columns : this.#visible
    if (values.length !== names.length) {
      this.#isUnreadable = true
      return
    }
    if (this.#places?.insert !== insert) this.#places = { insert, of: this.#placesIn(names) }
    let line = ''
    for (const { place, column } of this.#places.of) {
      const value = this.#valueOf(column, values[place] as RowValue)
      line += value === null ? 'N' : `${value.length}:${value}`
    }
    this.#sum.add(line, sign)
  }

  #placesIn(names: readonly string[]): { place: number; column: Column }[] {
    const places = new Map(names.map((name, place) => [keyOf(name), place]))
    for (const key of this.#columns.keys()) if (!places.has(key)) this.#leaveOut(key)
    return [...this.#columns].map(([key, column]) => ({ place: places.get(key) as number, column }))
  }

  #valueOf(column: Column, value: RowValue): string | null {
    if (value.form === 'null' && column.isNullable) return null
    const text = value.form === 'null' || value.form === 'other' ? undefined : column.canonical(value)
    if (text !== undefined) return text
    this.#unclear.add(column.name)
    this.#leaveOut(keyOf(column.name))
    return ''
  }

  #leaveOut(key: string): void {
    if (this.#columns.delete(key)) this.isBegunAnew = true
  }

  /** `isChanged`: later statements of the dump changed its rows. */
  judge(isChanged: boolean): Finding | undefined {
    const object = this.pair.restored.name
    const say = (text: string) => finding('UNSUPPORTED', 'prove', `${object}: ${text}`, { object, exit: 0 })
    if (this.#isUnreadable || this.#columns.size === 0)
      return say('the values of its rows cannot be compared with those of the dump: only their number was')
    if (this.#sum.isZero && this.#unclear.size === 0) return undefined
    if (this.#sum.isZero)
      return say(`values of ${[...this.#unclear].join(', ')} cannot be compared, the others are alike`)
    if (isChanged) return say('statements of the dump change rows that it has written: only their number was compared')
    const message = `${object}: as many rows as in the dump, and other values in them`
    return finding('CONTENT_MISMATCH', 'prove', message, { object })
  }
}

/** Names of columns are the same in capitals. */
const keyOf = (name: string): string => name.toLowerCase()
