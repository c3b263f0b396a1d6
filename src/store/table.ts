import { OrderedList } from './ordered-list.ts'
import type { StoredRecord } from './record.ts'

/** A record's place: the record changes, the slot and its sequence number stay. */
export interface Slot {
  readonly sequence: number
  record: StoredRecord
}

export interface PageQuery {
  /** Equality with string fields; the most selective indexed one is used, the others are compared. */
  where?: Readonly<Record<string, string>>
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

/** Slots by the value that their records have in one field. */
type Index = Map<string, Slot | OrderedList<Slot>>

/** Records of one kind, newest last, with an index per chosen field. Reading and writing cost the same at any size. */
export class RecordTable {
  private readonly slots = new Map<string, Slot>()
  private readonly order = new OrderedList<Slot>()
  private readonly indexes: (readonly [field: string, Index])[] = []
  private sequence = 0
  /** False once a record came in with a `created` before its predecessor's, as a test clock does. */
  private isChronological = true
  private readonly onChange: ((id: string) => void) | undefined

  /** `fields`: those with a string value to find records by. `onChange` is told the id of every record that came, changed or went. */
  constructor(fields: Iterable<string> = [], onChange?: (id: string) => void) {
    this.onChange = onChange
    for (const field of new Set(fields)) this.indexes.push([field, new Map()])
  }

  get size(): number {
    return this.order.size
  }

  get(id: string): StoredRecord | undefined {
    return this.slots.get(id)?.record
  }

  /** Adds a record, or replaces the one of its id in the same place. */
  put(record: StoredRecord): void {
    const slot = this.slots.get(record.id)
    if (slot) this.replace(slot, record)
    else this.append(record)
    this.onChange?.(record.id)
  }

  private append(record: StoredRecord): void {
    const newest = this.order.at(this.order.size - 1)
    const added: Slot = { sequence: ++this.sequence, record }
    if (newest && createdOf(newest) > createdOf(added)) this.isChronological = false
    this.slots.set(record.id, added)
    this.order.add(added)
    for (const [field, lists] of this.indexes) index(lists, record[field], added)
  }

  remove(id: string): StoredRecord | undefined {
    const slot = this.slots.get(id)
    if (!slot) return undefined
    this.slots.delete(id)
    this.order.remove(slot)
    for (const [field, lists] of this.indexes) unindex(lists, slot.record[field], slot)
    this.onChange?.(id)
    return slot.record
  }

  /** Oldest first; the table may be changed meanwhile. */
  *inOrder(): Generator<StoredRecord> {
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
    const { list, rest } = this.narrow(query.where ?? {})
    if (!list) return { records: [], hasMore: false }
    const keep = matcher(rest, query)
    return query.endingBefore === undefined ? this.older(list, query, keep) : this.newer(list, query, keep)
  }

  private older(list: OrderedList<Slot>, query: PageQuery, keep: Keep): Page {
    const after = query.startingAfter === undefined ? undefined : this.slots.get(query.startingAfter)
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
    const before = this.slots.get(query.endingBefore!)
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
  private narrow(where: Readonly<Record<string, string>>): { list?: OrderedList<Slot>; rest: [string, string][] } {
    let list: OrderedList<Slot> = this.order
    let used = ''
    for (const [field, value] of Object.entries(where)) {
      const lists = this.indexes.find(([name]) => name === field)?.[1]
      if (!lists) continue
      const entry = lists.get(value)
      if (!entry) return { rest: [] }
      const found = entry instanceof OrderedList ? entry : new OrderedList(entry)
      if (found.size > list.size && used !== '') continue
      list = found
      used = field
    }
    return { list, rest: Object.entries(where).filter(([field]) => field !== used) }
  }

  private replace(slot: Slot, record: StoredRecord): void {
    for (const [field, lists] of this.indexes) {
      if (slot.record[field] === record[field]) continue
      unindex(lists, slot.record[field], slot)
      index(lists, record[field], slot)
    }
    slot.record = record
  }
}

function index(lists: Index, value: unknown, slot: Slot): void {
  if (typeof value !== 'string') return
  const entry = lists.get(value)
  // Most values belong to one record: a list is made for the second.
  if (!entry) lists.set(value, slot)
  else if (entry instanceof OrderedList) entry.add(slot)
  else lists.set(value, listOf(entry, slot))
}

function unindex(lists: Index, value: unknown, slot: Slot): void {
  if (typeof value !== 'string') return
  const entry = lists.get(value)
  if (entry instanceof OrderedList) entry.remove(slot)
  if (entry === slot || (entry instanceof OrderedList && entry.size === 0)) lists.delete(value)
}

function listOf(first: Slot, second: Slot): OrderedList<Slot> {
  const list = new OrderedList(first)
  list.add(second)
  return list
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
