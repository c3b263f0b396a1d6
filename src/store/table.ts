import { OrderedList } from './ordered-list.ts'
import type { StoredRecord } from './record.ts'
import { type KeysOf, RecordIndex, type Slot } from './record-index.ts'

/** Something that `keep` asks of a record which an index can lead to: one of the record's keys is this one. */
export interface Term {
  /** The same for the same `keysOf`. */
  readonly name: string
  readonly keysOf: KeysOf
  readonly key: string
}

export interface PageQuery {
  /** Equality with string fields; the most selective indexed one is used, the others are compared. */
  where?: Readonly<Record<string, string>>
  /** What is true of all that `keep` lets through. */
  terms?: readonly Term[]
  /** What else must hold. */
  keep?: (record: StoredRecord) => boolean
  /** Bounds of `created`, both inclusive. */
  created?: { from: number; to: number }
  limit: number
  /** Id of the record the page starts behind (older ones follow). */
  startingAfter?: string
  /** Id of the record the page ends before (the ones just newer than it). */
  endingBefore?: string
}

export interface Page {
  /** Newest first. */
  records: StoredRecord[]
  hasMore: boolean
}

/** Indexes for terms, whose names anybody can think up; the oldest makes room. */
const mostTermIndexes = 16

/**
 * Records of one kind, newest last. Reading and writing cost the same at any size; what records are found by is indexed when it is
 * first asked for, so that tables which are only written to cost no more than that.
 */
export class RecordTable {
  /** By id: as many of `order`, from the oldest, as `known` says. */
  private readonly slots = new Map<string, Slot>()
  private known = 0
  private readonly order = new OrderedList<Slot>()
  private readonly fields: ReadonlySet<string>
  private readonly fieldIndexes = new Map<string, RecordIndex>()
  private readonly termIndexes = new Map<string, RecordIndex>()
  private sequence = 0
  /** False once a record came in with a `created` before its predecessor's, as a test clock does. */
  private isChronological = true
  private readonly onChange: ((id: string) => void) | undefined
  private readonly leastIndexed: number

  /**
   * `fields`: those with a string value to find records by. `onChange` is told the id of every record that came, changed or went. Tables
   * of fewer than `leastIndexed` records are read through: an index would cost more.
   */
  constructor(fields: Iterable<string> = [], onChange?: (id: string) => void, leastIndexed = 100) {
    this.onChange = onChange
    this.leastIndexed = leastIndexed
    this.fields = new Set(fields)
  }

  get size(): number {
    return this.order.size
  }

  get(id: string): StoredRecord | undefined {
    return this.slotOf(id)?.record
  }

  /** Adds a record, or replaces the one of its id in the same place. */
  put(record: StoredRecord): void {
    const slot = this.slotOf(record.id)
    if (slot) this.replace(slot, record)
    else this.append(record)
    this.onChange?.(record.id)
  }

  /** Adds a record whose id is new for sure. */
  add(record: StoredRecord): void {
    this.append(record)
    this.onChange?.(record.id)
  }

  private append(record: StoredRecord): void {
    const newest = this.order.at(this.order.size - 1)
    const added: Slot = { sequence: ++this.sequence, record }
    if (newest && createdOf(newest) > createdOf(added)) this.isChronological = false
    this.order.add(added)
    for (const index of this.fieldIndexes.values()) index.add(added)
    for (const index of this.termIndexes.values()) index.add(added)
  }

  private replace(slot: Slot, record: StoredRecord): void {
    for (const index of this.fieldIndexes.values()) index.replace(slot, record)
    for (const index of this.termIndexes.values()) index.replace(slot, record)
    slot.record = record
  }

  remove(id: string): StoredRecord | undefined {
    const slot = this.slotOf(id)
    if (!slot) return undefined
    this.slots.delete(id)
    this.order.remove(slot)
    this.known--
    for (const index of this.fieldIndexes.values()) index.remove(slot)
    for (const index of this.termIndexes.values()) index.remove(slot)
    this.onChange?.(id)
    return slot.record
  }

  private slotOf(id: string): Slot | undefined {
    this.learn()
    return this.slots.get(id)
  }

  /** Takes in what was added since somebody last asked for an id. */
  private learn(): void {
    for (; this.known < this.order.size; this.known++) {
      const slot = this.order.at(this.known)!
      this.slots.set(slot.record.id, slot)
    }
  }

  /** Oldest first; the table may be changed meanwhile. */
  *inOrder(): Generator<StoredRecord> {
    this.learn()
    for (const slot of this.slots.values()) yield slot.record
  }

  /** Newest first; the table may be changed meanwhile, what is newer than the start is not seen. */
  *all(): Generator<StoredRecord> {
    for (let position = this.order.size - 1; position >= 0; position--) {
      const slot = this.order.at(position)
      if (slot) yield slot.record
    }
  }

  /** Newest first. */
  by(field: string, value: string): StoredRecord[] {
    return this.page({ where: { [field]: value }, limit: Number.POSITIVE_INFINITY }).records
  }

  /** One page. An unknown cursor is treated as absent: the caller has checked it. */
  page(query: PageQuery): Page {
    const { list, rest } = this.narrow(query)
    if (!list) return { records: [], hasMore: false }
    const keep = matcher(rest, query)
    return query.endingBefore === undefined ? this.older(list, query, keep) : this.newer(list, query, keep)
  }

  private older(list: OrderedList<Slot>, query: PageQuery, keep: Keep): Page {
    const after = query.startingAfter === undefined ? undefined : this.slotOf(query.startingAfter)
    const start = after ? list.firstFrom(after.sequence) : this.newestWithin(list, query)
    const records: StoredRecord[] = []
    const oldest = query.created?.from
    for (let position = start - 1; position >= 0; position--) {
      const { record } = list.at(position)!
      if (oldest !== undefined && this.isChronological && Number(record.created) < oldest) break
      if (!keep(record)) continue
      if (records.length === query.limit) return { records, hasMore: true }
      records.push(record)
    }
    return { records, hasMore: false }
  }

  private newer(list: OrderedList<Slot>, query: PageQuery, keep: Keep): Page {
    const before = this.slotOf(query.endingBefore!)
    const records: StoredRecord[] = []
    for (let position = before ? list.firstFrom(before.sequence + 1) : 0; position < list.size; position++) {
      const { record } = list.at(position)!
      if (!keep(record)) continue
      if (records.length === query.limit) return { records: records.reverse(), hasMore: true }
      records.push(record)
    }
    return { records: records.reverse(), hasMore: false }
  }

  private newestWithin(list: OrderedList<Slot>, { created }: PageQuery): number {
    if (!created || !this.isChronological) return list.size
    return list.firstWhere((slot) => createdOf(slot) > created.to)
  }

  /** The shortest list that the conditions lead to, and the conditions left to compare; no list: nothing can match. */
  private narrow({ where = {}, terms = [] }: PageQuery): { list?: OrderedList<Slot>; rest: [string, string][] } {
    const conditions = Object.entries(where)
    if (this.order.size < this.leastIndexed) return { list: this.order, rest: conditions }
    let list: OrderedList<Slot> | undefined
    let used = ''
    for (const [field, value] of conditions) {
      const found = this.fields.has(field) ? this.fieldIndex(field).find(value) : this.order
      if (!found) return { rest: [] }
      if (found === this.order || (list && found.size > list.size)) continue
      list = found
      used = field
    }
    for (const term of terms) {
      const found = this.termIndex(term).find(term.key)
      if (!found) return { rest: [] }
      if (list && found.size >= list.size) continue
      list = found
      used = ''
    }
    return { list: list ?? this.order, rest: conditions.filter(([field]) => field !== used) }
  }

  private fieldIndex(field: string): RecordIndex {
    return this.fieldIndexes.get(field) ?? this.makeIndex(this.fieldIndexes, field, textOf(field))
  }

  private termIndex({ name, keysOf }: Term): RecordIndex {
    const known = this.termIndexes.get(name)
    if (known) return known
    const [oldest] = this.termIndexes.keys()
    if (oldest !== undefined && this.termIndexes.size === mostTermIndexes) this.termIndexes.delete(oldest)
    return this.makeIndex(this.termIndexes, name, keysOf)
  }

  private makeIndex(indexes: Map<string, RecordIndex>, name: string, keysOf: KeysOf): RecordIndex {
    const index = new RecordIndex(keysOf)
    for (let at = 0; at < this.order.size; at++) index.add(this.order.at(at)!)
    indexes.set(name, index)
    return index
  }
}

const textOf =
  (field: string): KeysOf =>
  (record) => {
    const value = record[field]
    return typeof value === 'string' ? value : undefined
  }

type Keep = (record: StoredRecord) => boolean

function matcher(where: [string, string][], { keep, created }: PageQuery): Keep {
  return (record) => {
    for (const [field, value] of where) if (record[field] !== value) return false
    if (created && !(Number(record.created) >= created.from && Number(record.created) <= created.to)) return false
    return keep === undefined || keep(record)
  }
}

const createdOf = (slot: Slot): number => (typeof slot.record.created === 'number' ? slot.record.created : 0)
