import { OrderedList } from './ordered-list.ts'
import type { StoredRecord } from './record.ts'

/** A record's place: the record changes, the slot and its sequence number stay. */
export interface Slot {
  readonly sequence: number
  record: StoredRecord
}

/** What a record is found by: no text, one, or several different ones. */
export type KeysOf = (record: StoredRecord) => string | readonly string[] | undefined

/** Slots by the texts that their records are found by. */
export class RecordIndex {
  private readonly lists = new Map<string, Slot | OrderedList<Slot>>()
  private readonly keysOf: KeysOf

  constructor(keysOf: KeysOf) {
    this.keysOf = keysOf
  }

  /** Undefined when no record has this key. */
  find(key: string): OrderedList<Slot> | undefined {
    const entry = this.lists.get(key)
    return entry === undefined || entry instanceof OrderedList ? entry : new OrderedList(entry)
  }

  add(slot: Slot): void {
    const keys = this.keysOf(slot.record)
    if (typeof keys === 'string') this.addAt(keys, slot)
    else if (keys) for (const key of keys) this.addAt(key, slot)
  }

  remove(slot: Slot): void {
    const keys = this.keysOf(slot.record)
    if (typeof keys === 'string') this.removeAt(keys, slot)
    else if (keys) for (const key of keys) this.removeAt(key, slot)
  }

  /** To be called while the slot still has its old record. */
  replace(slot: Slot, record: StoredRecord): void {
    const keys = this.keysOf(record)
    if (typeof keys !== 'object' && keys === this.keysOf(slot.record)) return
    this.remove(slot)
    if (typeof keys === 'string') this.addAt(keys, slot)
    else if (keys) for (const key of keys) this.addAt(key, slot)
  }

  private addAt(key: string, slot: Slot): void {
    const entry = this.lists.get(key)
    // Most keys belong to one record: a list is made for the second.
    if (!entry) this.lists.set(key, slot)
    else if (entry instanceof OrderedList) entry.add(slot)
    else this.lists.set(key, listOf(entry, slot))
  }

  private removeAt(key: string, slot: Slot): void {
    const entry = this.lists.get(key)
    if (entry instanceof OrderedList) entry.remove(slot)
    if (entry === slot || (entry instanceof OrderedList && entry.size === 0)) this.lists.delete(key)
  }
}

function listOf(first: Slot, second: Slot): OrderedList<Slot> {
  const list = new OrderedList(first)
  list.add(second)
  return list
}
